import Dashboard
import Diagnosis
import Fields
import ProcFormats
import ProcSampling
import Units

/// Everything known at one moment, as `dxtop snapshot --json` prints it.
struct SnapshotDocument: Encodable {
    let snapshot: Snapshot
    let rows: RowDocuments

    func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("schema", 1)
        try fields.write("time", snapshot.time.rfc3339)
        try fields.write("host", HostDocument(snapshot: snapshot, disks: rows.disks(of: snapshot)))
        try fields.write("processes", rows.processes(of: snapshot))
        try fields.write("threads", rows.threads(of: snapshot))
        try fields.write("sockets", rows.sockets(of: snapshot))
        try fields.write("udp", rows.udp(of: snapshot))
        try fields.write("findings", rows.findings.map(FindingDocument.init))
    }
}

/// One interval, as `dxtop watch --json` prints it on a line.
struct WatchDocument: Encodable {
    let view: WatchedView
    let snapshot: Snapshot
    let rows: RowDocuments

    func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("schema", 1)
        try fields.write("time", snapshot.time.rfc3339)
        try fields.write("interval_seconds", snapshot.interval?.rounded2)
        try view.writeRows(&fields, rows, snapshot)
    }
}

/// Makes rows, hottest first, of one process or of all.
struct RowDocuments {
    let userNames: UserNames
    let hotThreshold: Percent
    /// Nil for all processes.
    let target: ProcessIdentity?
    let memory: MemoryHistory
    let growth: GrowthVerdicts
    let network: NetworkVerdicts
    var findings: [Finding] = []

    func processes(of snapshot: Snapshot) -> [RowDocument<ProcessRow>] {
        let processes = snapshot.processes
        return documents(
            of: chosen(snapshot).sorted {
                (processes[$0].hottestBound ?? .zero) > (processes[$1].hottestBound ?? .zero)
            }, in: snapshot)
    }

    /// What grew most over the last hour, or since the start, first; processes without memory of
    /// their own (kernel threads) are left out.
    func memory(of snapshot: Snapshot) -> [RowDocument<ProcessRow>] {
        let processes = snapshot.processes
        let ordered = chosen(snapshot).filter { processes[$0].memory != nil }
            .map { index in
                let change = memory.change(
                    of: .process(processes[index].id), last: .seconds(3600),
                    until: snapshot.moment)
                return (
                    index: index, change: change?.bytes ?? .min,
                    size: processes[index].undroppable
                )
            }
            .sorted { ($1.change, $1.size) < ($0.change, $0.size) }
        return documents(of: ordered.map(\.index), in: snapshot)
    }

    private func documents(
        of processes: [Int], in snapshot: Snapshot
    ) -> [RowDocument<ProcessRow>] {
        let drops = dropRates(in: snapshot)
        let context = TaskContext(
            snapshot.processes, userNames: userNames,
            memory: TaskContext.MemoryFigures(growth: { [growth] in ProcessGrowth(growth[$0]) }),
            drops: { drops[$0] ?? nil })
        return processes.map { RowDocument(ProcessRow(context, $0)) }
    }

    func disks(of snapshot: Snapshot) -> [RowDocument<DiskRow>] {
        snapshot.disks.sorted { $0.utilization ?? .zero > $1.utilization ?? .zero }
            .map { RowDocument(DiskRow($0)) }
    }

    func threads(of snapshot: Snapshot) -> [RowDocument<ThreadRow>] {
        let context = TaskContext(
            snapshot.processes, userNames: userNames,
            isHot: { [hotThreshold] process, thread in
                thread.flatMap { process.threads[$0].isHot(hotThreshold) }
            })
        return chosen(snapshot)
            .flatMap { index in
                snapshot.processes[index].threads.indices.map { ThreadRow(context, index, $0) }
            }
            .sorted { ($0.thread.cpu ?? .zero) > ($1.thread.cpu ?? .zero) }
            .map { RowDocument($0) }
    }

    /// Where the snapshot has those that are wanted.
    private func chosen(_ snapshot: Snapshot) -> [Int] {
        snapshot.processes.indices.filter { target == nil || snapshot.processes[$0].id == target }
    }
}

extension ProcessSample {
    fileprivate var undroppable: UInt64 { memory?.undroppable?.rawValue ?? 0 }
}

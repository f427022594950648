import Diagnosis
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
        try fields.write(
            "host",
            HostDocument(
                host: snapshot.host, ownCost: snapshot.ownCost,
                threadSource: snapshot.threadSources?.chosen, trouble: snapshot.trouble))
        try fields.write("processes", rows.processes(of: snapshot))
        try fields.write("threads", rows.threads(of: snapshot))
        try fields.write("sockets", rows.sockets(of: snapshot))
        try fields.write("udp", rows.udp(of: snapshot))
        try fields.write("findings", rows.findings.map(FindingDocument.init))
    }
}

/// One interval, as `dxtop watch --json` prints it on a line.
struct WatchDocument: Encodable {
    let view: WatchCommand.View
    let snapshot: Snapshot
    let rows: RowDocuments

    func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("schema", 1)
        try fields.write("time", snapshot.time.rfc3339)
        try fields.write("interval_seconds", snapshot.interval?.rounded2)
        switch view {
        case .threads: try fields.write("threads", rows.threads(of: snapshot))
        case .processes: try fields.write("processes", rows.processes(of: snapshot))
        case .memory: try fields.write("memory", rows.memory(of: snapshot))
        case .sockets: try fields.write("sockets", rows.sockets(of: snapshot))
        case .udp: try fields.write("udp", rows.udp(of: snapshot))
        case .findings:
            try fields.write("findings", rows.findings.map(FindingDocument.init))
        }
    }
}

/// Makes rows, hottest first, of one process or of all.
struct RowDocuments {
    let userNames: UserNames
    let hotThreshold: Percent
    /// Nil for all processes.
    let target: ProcessIdentity?
    let memory: MemoryHistory
    let growth: GrowthBook
    let network: NetworkVerdicts
    var findings: [Finding] = []

    func processes(of snapshot: Snapshot) -> [ProcessDocument] {
        documents(
            of: chosen(snapshot)
                .sorted { ($0.hottestCPU ?? .zero) > ($1.hottestCPU ?? .zero) }, in: snapshot)
    }

    /// What grew most over the last hour, or since the start, first; processes without memory of
    /// their own (kernel threads) are left out.
    func memory(of snapshot: Snapshot) -> [ProcessDocument] {
        let ordered = chosen(snapshot).filter { $0.memory != nil }
            .map { process in
                let change = memory.change(
                    of: .process(process.id), last: .seconds(3600), until: snapshot.moment)
                return (process: process, change: change?.bytes ?? .min)
            }
            .sorted {
                ($1.change, $1.process.anonymousAndSwap) < ($0.change, $0.process.anonymousAndSwap)
            }
        return documents(of: ordered.map(\.process), in: snapshot)
    }

    private func documents(
        of processes: [ProcessSample], in snapshot: Snapshot
    ) -> [ProcessDocument] {
        let drops = dropRates(in: snapshot)
        return processes.map {
            ProcessDocument(
                process: $0, userNames: userNames, outlook: growth[$0.id],
                drops: drops[$0.id] ?? nil)
        }
    }

    func threads(of snapshot: Snapshot) -> [ThreadDocument] {
        chosen(snapshot)
            .flatMap { process in
                process.threads.map {
                    ThreadDocument(thread: $0, process: process, hotThreshold: hotThreshold)
                }
            }
            .sorted { ($0.thread.cpu ?? .zero) > ($1.thread.cpu ?? .zero) }
    }

    private func chosen(_ snapshot: Snapshot) -> [ProcessSample] {
        guard let target else { return snapshot.processes }
        return snapshot.processes.filter { $0.id == target }
    }
}

extension ProcessSample {
    fileprivate var anonymousAndSwap: UInt64 { memory?.anonymousAndSwap?.rawValue ?? 0 }
}

internal import ProcFormats
internal import Units

/// Reads what the protocols of a network namespace count, the backlogs of the CPUs, and the limits
/// that losses are judged by. Belongs to one thread.
final class CounterReader {
    private let reader: ProcReader
    private let folder: ProcFile.NetworkFolder
    private let limits: NetworkLimitsReader
    private var protocols = ProtocolCounters(names: NetworkCounter.allCases.map(\.rawValue))
    private var before: [UInt64?]?
    private var clock = ReadingClock()
    private var tracks = CounterTracks<NetworkCounter>()
    private var softnetTracks = CounterTracks<SoftnetKey>()
    private var softnetRows = 0

    private struct SoftnetKey: Hashable {
        enum Column { case processed, dropped, squeezed }

        var cpu: Int
        var column: Column
    }

    struct Reading {
        /// Empty where nothing could be read.
        var counters: NetworkCounters
        var softnet: [SoftnetSample]
        var limits: NetworkLimits
    }

    /// - Parameter machine: limits of the whole machine, as read where they are shown: a namespace
    ///   that is not the first one does not show them all.
    init(
        reader: ProcReader, folder: ProcFile.NetworkFolder, machine: NetworkLimits = NetworkLimits()
    ) {
        self.reader = reader
        self.folder = folder
        limits = NetworkLimitsReader(reader: reader, folder: folder, machine: machine)
    }

    func read(at now: Instant = .now) -> Reading {
        readProtocols()
        // What does not move in a captured tree says nothing of any rate.
        let standsStill = !reader.root.isLive && protocols.values == before
        before = protocols.values
        let passed = clock.elapsed(at: now)
        let elapsed = standsStill ? nil : passed
        var counters = NetworkCounters()
        let isRead = protocols.values[NetworkCounter.ipReceived.index] != nil
        for (counter, known) in zip(NetworkCounter.allCases, protocols.values) {
            let value = known ?? (isRead && counter.isLeftOutAtZero ? 0 : nil)
            guard let value else { continue }
            counters[counter] =
                counter.isLevel
                ? Counted(total: value) : tracks.note(counter, value, after: elapsed)
        }
        return Reading(
            counters: counters, softnet: softnet(after: elapsed), limits: limits.read(at: now))
    }

    private func readProtocols() {
        protocols.clear()
        for file: StaticString in ["snmp", "netstat"] {
            try? reader.read(.network(folder, file)) { bytes, faults throws(ParseError) in
                try protocols.takePairs(of: bytes, noting: &faults)
            }
        }
        try? reader.read(.network(folder, "snmp6")) { bytes, faults throws(ParseError) in
            try protocols.takeList(of: bytes, noting: &faults)
        }
        try? reader.read(.network(folder, "stat/nf_conntrack")) {
            bytes, faults throws(ParseError) in
            try protocols.takeConntrack(of: bytes, noting: &faults)
        }
    }

    private func softnet(after elapsed: Nanoseconds?) -> [SoftnetSample] {
        let stat = try? reader.read(.network(folder, "softnet_stat"), as: SoftnetStat.self)
        let rows = stat?.rows ?? []
        // Without their numbers, nobody knows which CPU came or went, and so which row is whose.
        if rows.count != softnetRows, rows.contains(where: { $0.cpu == nil }) {
            softnetTracks = CounterTracks()
        }
        softnetRows = rows.count
        return rows.enumerated().map { place, row in
            let cpu = row.cpu.map(Int.init) ?? place
            func counted(_ column: SoftnetKey.Column, _ value: UInt32?) -> Counted {
                softnetTracks.note(
                    SoftnetKey(cpu: cpu, column: column), value.map { UInt64($0) }, after: elapsed,
                    bits: 32)
            }
            return SoftnetSample(
                id: cpu, processed: counted(.processed, row.processed),
                dropped: counted(.dropped, row.dropped),
                squeezed: counted(.squeezed, row.squeezed), backlog: row.backlog.map(Int.init))
        }
    }
}

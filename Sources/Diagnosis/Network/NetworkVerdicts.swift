package import ProcSampling
internal import Units

/// What is made of a network namespace: updated once for each reading of it.
package struct NetworkVerdicts: Sendable {
    /// Nil until there was a reading.
    package private(set) var chain: LossChain?
    /// The marks in the Overview's header. Nil where the counters are not there.
    package private(set) var udp: Verdict?
    package private(set) var tcp: Verdict?
    /// The latest reading was the first of its namespace.
    private(set) var isNew = false

    private var sendsTCP = false
    private var number: Int?
    private var namespace: NamespaceID?
    private var trend = CounterTrend()
    private var losers = LostSockets()
    private var readers: [SocketID: Watched] = [:]

    private struct Watched: Sendable {
        var burst: Int
        var isComplete: Bool
        var verdict: ReaderVerdict
    }

    package init() {}

    /// Who is to read a socket, as far as its queue was watched. That all is well is over as soon as
    /// it loses: the next samples will tell.
    package func reader(of socket: SocketID) -> ReaderVerdict? {
        guard let verdict = latestVerdict(of: socket) else { return nil }
        let loses = losers.sockets[socket]?.isLosing == true
        return verdict.kind == .ok && loses ? nil : verdict
    }

    private func latestVerdict(of socket: SocketID) -> ReaderVerdict? { readers[socket]?.verdict }

    /// A reading that is known already changes nothing; another namespace starts anew.
    ///
    /// - Returns: what detectors judge; nil where there is no new reading.
    mutating func update(_ snapshot: Snapshot) -> NetworkInput? {
        isNew = false
        guard let reading = snapshot.network, reading.number != number else { return nil }
        if reading.namespace.id != namespace {
            self = NetworkVerdicts()
            isNew = true
        }
        number = reading.number
        namespace = reading.namespace.id
        trend.add(reading)
        losers.add(reading)
        judge(reading)
        let names = ProcessNames(snapshot.processes)
        let verdicts = readers.mapValues(\.verdict)
        let chain = LossChain(
            reading, readers: verdicts, names: names, machineMemory: snapshot.host.memoryPages)
        self.chain = chain
        let isLosing = losers.sockets.values.contains(where: \.isLosing)
        udp = Self.udpMark(reading, trend, isLosing: isLosing)
        sendsTCP = reading.counters[.tcpSegmentsSent]?.rate != nil
        return NetworkInput(
            reading: reading, time: snapshot.time, names: names, trend: trend, losers: losers,
            readers: verdicts, chain: chain)
    }

    /// Takes in what was found of the latest reading.
    mutating func mark(_ findings: [Finding]) {
        tcp = sendsTCP ? Self.tcpMark(findings) : nil
    }

    /// A verdict on a burst that is over stands until the next one is over; without one, a burst is
    /// judged again while it goes on.
    private mutating func judge(_ reading: NetworkReading) {
        var before = readers
        readers.removeAll(keepingCapacity: true)
        for (id, burst) in reading.bursts {
            let known = before.removeValue(forKey: id)
            if let known, known.isComplete, known.burst == burst.number || !burst.isComplete {
                readers[id] = known
                continue
            }
            // The counters were read up to a refresh before and after.
            let errors = trend.rise(
                of: .udpBufferErrors, .udp6BufferErrors, last: burst.duration + .seconds(2))
            if let verdict = ReaderVerdict(burst, in: reading, bufferErrors: errors) {
                readers[id] = Watched(
                    burst: burst.number, isComplete: burst.isComplete, verdict: verdict)
            }
        }
    }
}

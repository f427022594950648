package import Samples
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
    private var revision = 0
    private var namespace: NamespaceID?
    private var trend = CounterTrend()
    private var losers = LostSockets()
    private var watched: [SocketID: Watched] = [:]

    private struct Watched: Sendable {
        var burst: Int
        var isComplete: Bool
        var reader: Reader
    }

    /// What is said of a reader.
    struct Reader: Hashable, Sendable {
        var verdict: ReaderVerdict
        /// All was well, but by now the socket loses.
        var isRefuted = false
    }

    package init() {}

    /// What was said at a moment, of which `snapshot` is all that is known.
    init(
        readers: [(socket: SocketID, reader: Reader)], udp: Verdict?, tcp: Verdict?,
        in snapshot: Snapshot
    ) {
        for (socket, reader) in readers {
            watched[socket] = Watched(burst: 0, isComplete: true, reader: reader)
        }
        self.udp = udp
        self.tcp = tcp
        chain = snapshot.network.map { chain(snapshot, $0) }
    }

    /// Who is to read a socket, as far as its queue was watched. That all is well is over as soon as
    /// it loses: the next samples will tell.
    package func reader(of socket: SocketID) -> ReaderVerdict? {
        watched[socket].flatMap { $0.reader.isRefuted ? nil : $0.reader.verdict }
    }

    /// What was said of the reader of every socket that is watched.
    var readers: some Sequence<(SocketID, Reader)> {
        watched.lazy.map { ($0.key, $0.value.reader) }
    }

    /// A reading that is known already changes nothing but the chain, where there is more of it;
    /// another namespace starts anew.
    ///
    /// - Returns: what detectors judge; nil where there is no new reading.
    mutating func update(_ snapshot: Snapshot) -> NetworkInput? {
        isNew = false
        guard let reading = snapshot.network else { return nil }
        guard reading.number != number else {
            if reading.revision != revision { chain = chain(snapshot, reading) }
            revision = reading.revision
            return nil
        }
        if reading.namespace.id != namespace {
            self = NetworkVerdicts()
            isNew = true
        }
        (number, revision) = (reading.number, reading.revision)
        namespace = reading.namespace.id
        trend.add(reading)
        losers.add(reading)
        judge(reading)
        let chain = chain(snapshot, reading)
        self.chain = chain
        let isLosing = losers.sockets.values.contains(where: \.isLosing)
        udp = Self.udpMark(reading, trend, isLosing: isLosing)
        sendsTCP = reading.counters[.tcpSegmentsSent]?.rate != nil
        return NetworkInput(
            reading: reading, time: snapshot.time, names: ProcessNames(snapshot.processes),
            trend: trend, losers: losers, readers: watched.mapValues(\.reader.verdict),
            chain: chain, pageSize: snapshot.host.pageSize ?? ByteCount(4096))
    }

    private func chain(_ snapshot: Snapshot, _ reading: NetworkReading) -> LossChain {
        LossChain(
            reading, readers: watched.mapValues(\.reader.verdict),
            names: ProcessNames(snapshot.processes), machineMemory: snapshot.host.memoryPages)
    }

    /// Takes in what was found of the latest reading.
    mutating func mark(_ findings: [Finding]) {
        tcp = sendsTCP ? Self.tcpMark(findings) : nil
    }

    /// A verdict on a burst that is over stands until the next one is over; without one, a burst is
    /// judged again while it goes on.
    private mutating func judge(_ reading: NetworkReading) {
        var before = watched
        watched.removeAll(keepingCapacity: true)
        defer { refute() }
        for (id, burst) in reading.bursts {
            let known = before.removeValue(forKey: id)
            if let known, known.isComplete, known.burst == burst.number || !burst.isComplete {
                watched[id] = known
                continue
            }
            // The counters were read up to a refresh before and after.
            let errors = trend.rise(
                of: .udpBufferErrors, .udp6BufferErrors, last: burst.duration + .seconds(2))
            if let verdict = ReaderVerdict(burst, in: reading, bufferErrors: errors) {
                watched[id] = Watched(
                    burst: burst.number, isComplete: burst.isComplete,
                    reader: Reader(verdict: verdict))
            }
        }
    }

    private mutating func refute() {
        for (id, socket) in watched {
            let loses = losers.sockets[id]?.isLosing == true
            watched[id]?.reader.isRefuted = socket.reader.verdict.kind == .ok && loses
        }
    }
}

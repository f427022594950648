package import Samples
internal import Units

/// What is made of a network namespace: updated once for each reading of it.
package struct NetworkBook: Sendable {
    /// Nil until there was a reading.
    package private(set) var chain: LossChain?
    /// The marks in the Overview's header. Nil where the counters are not there.
    package private(set) var udp: Verdict?
    package private(set) var tcp: Verdict?
    /// In no order; see `FindingsBook`, which has them, too.
    package private(set) var findings: [Finding] = []

    private var number: Int?
    private var namespace: NamespaceID?
    private var trend = CounterTrend()
    private var losers = LostSockets()
    private var closeWait = CloseWait()
    private var listeners = ListenOverflow()
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
        chain = snapshot.network.map {
            LossChain(
                $0, readers: watched.mapValues(\.reader.verdict),
                names: ProcessNames(snapshot.processes), machineMemory: snapshot.host.memoryPages)
        }
    }

    /// Who is to read a socket, as far as its queue was watched. That all is well is over as soon as
    /// it loses: the next look will tell.
    package func reader(of socket: SocketID) -> ReaderVerdict? {
        watched[socket].flatMap { $0.reader.isRefuted ? nil : $0.reader.verdict }
    }

    /// What was said of the reader of every socket that is watched.
    var readers: some Sequence<(SocketID, Reader)> {
        watched.lazy.map { ($0.key, $0.value.reader) }
    }

    private func latestVerdict(of socket: SocketID) -> ReaderVerdict? {
        watched[socket]?.reader.verdict
    }

    /// A reading that is known already changes nothing; another namespace starts anew.
    package mutating func update(_ snapshot: Snapshot) {
        guard let reading = snapshot.network, reading.number != number else { return }
        if reading.namespace.id != namespace { self = NetworkBook() }
        number = reading.number
        namespace = reading.namespace.id
        trend.add(reading)
        losers.add(reading)
        closeWait.add(reading)
        listeners.add(reading)
        judge(reading)
        let names = ProcessNames(snapshot.processes)
        let verdicts = watched.mapValues(\.reader.verdict)
        let chain = LossChain(
            reading, readers: verdicts, names: names, machineMemory: snapshot.host.memoryPages)
        findings = findings(reading, chain, names, at: snapshot.time)
        self.chain = chain
        udp = Self.udpMark(
            reading, trend, isLosing: losers.sockets.values.contains(where: \.isLosing))
        tcp = Self.tcpMark(reading, findings)
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

    private func findings(
        _ reading: NetworkReading, _ chain: LossChain, _ names: ProcessNames, at time: WallTime
    ) -> [Finding] {
        func advice(_ stage: LossChain.StageID) -> String {
            chain.stages.first { $0.id == stage }?.advice ?? ""
        }
        var found = losers.sockets.values.map {
            UDPLoss.finding(
                $0, reader: latestVerdict(of: $0.socket.id), names: names, in: reading, at: time)
        }
        found += closeWait.findings(names: names, at: time)
        found += NICDrop.findings(trend, in: reading, advice: advice(.nic), at: time)
        found += [
            UDPLoss.closedFinding(trend, losers: losers, in: reading, at: time),
            listeners.finding(trend, names: names, in: reading, at: time),
            SoftnetDrop.finding(trend, in: reading, advice: advice(.softnet), at: time),
            Reassembly.finding(trend, in: reading, advice: advice(.reassembly), at: time),
            Conntrack.finding(trend, in: reading, at: time),
            UDPMemory.finding(trend, in: reading, advice: advice(.memory), at: time),
            TCPRetransmits.finding(trend, in: reading, at: time),
        ].compactMap(\.self)
        return found
    }
}

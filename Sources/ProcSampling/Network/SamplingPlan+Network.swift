internal import Units

// What is read of networks. Counters are read each time: they are a few files, whatever happens on
// the machine.

extension SamplingPlan {
    struct TableFacts: Hashable {
        /// When it was read last, and what that took; nil if it never was.
        var readAt: Nanoseconds?
        var cost = Nanoseconds(0)
        /// When the counter that tells of its losses rose last.
        var lossAt: Nanoseconds?
    }

    /// Nobody looks at it, but losses are to be found with whom they belong to.
    static let tablePeriod = Nanoseconds(10_000_000_000)
    /// A table that is dear to read is read less often: it may take a fiftieth of the time.
    private static let tableFactor: UInt64 = 50
    /// For so long after a loss the table is read each time; one that takes this much or more, as
    /// often as takes a tenth of the time.
    static let alarm = Nanoseconds(10_000_000_000)
    private static let dear = Nanoseconds(100_000_000)
    private static let alarmFactor: UInt64 = 10

    /// So many TCP sockets are read now and then without a reason.
    static let fewConnections: UInt64 = 4096

    /// All TCP sockets, by what the kernel counts without a list of them.
    struct ConnectionFacts: Hashable {
        /// When all were read, and when a counter last told that some retransmit, or that their
        /// windows or SYN queues are full.
        var table = TableFacts()
        /// How many there are, and how many ports for new ones.
        var count: UInt64 = 0
        var ports: UInt64?

        /// One destination may have used up nearly all ports.
        fileprivate var mayLackPorts: Bool { ports.map { count * 10 >= $0 * 8 } ?? false }
    }

    /// The sockets to be read now: what is wished for, and of what is not, UDP sockets and those TCP
    /// sockets that wait for somebody, now and then and as long as they lose; so all TCP sockets where
    /// that costs little, or something is to be found out of them.
    static func socketTables(
        _ wish: SocketTables, udp: TableFacts, tcp: TableFacts, connections: ConnectionFacts,
        now: Nanoseconds
    ) -> SocketTables {
        var tables = wish
        if isDue(udp, now) { tables.insert(.udp) }
        if isDue(tcp, now) { tables.formUnion([.closeWait, .listening]) }
        if isDue(connections, now) { tables.formUnion(.tcp) }
        return tables
    }

    private static func isDue(_ connections: ConnectionFacts, _ now: Nanoseconds) -> Bool {
        let table = connections.table
        let isAlarmed = table.lossAt.map { now.since($0) <= alarm } ?? false
        guard isAlarmed || connections.count <= fewConnections || connections.mayLackPorts else {
            return false
        }
        guard let readAt = table.readAt else { return true }
        let pause = Nanoseconds(table.cost.rawValue * tableFactor)
        return now.since(readAt) >= (isAlarmed ? pause : max(tablePeriod, pause))
    }

    private static func isDue(_ table: TableFacts, _ now: Nanoseconds) -> Bool {
        guard let readAt = table.readAt else { return true }
        if let lossAt = table.lossAt, now.since(lossAt) <= alarm {
            return table.cost < dear
                || now.since(readAt).rawValue >= table.cost.rawValue * alarmFactor
        }
        let period = max(tablePeriod, Nanoseconds(table.cost.rawValue * tableFactor))
        return now.since(readAt) >= period
    }

    /// Routing tables may be long and hardly ever change.
    static func isRoutingDue(_ table: TableFacts, now: Nanoseconds) -> Bool {
        isDue(TableFacts(readAt: table.readAt, cost: table.cost), now)
    }
}

// MARK: - What changes seldom

extension SamplingPlan {
    /// Settings change by a person's hand: nobody waits for less.
    private static let settingsPeriod = Nanoseconds(10_000_000_000)
    /// The machine's namespaces are searched that often.
    private static let namespacePeriod = Nanoseconds(5_000_000_000)
    /// From the end of a search for owners in processes that seem unchanged to the next; and
    /// so many times what it took, at least.
    private static let ownerPause = Nanoseconds(10_000_000_000)
    private static let ownerFactor: UInt64 = 50

    static func areSettingsDue(readAt: Instant?, now: Instant) -> Bool {
        readAt.map { now.since($0) >= settingsPeriod } ?? true
    }

    static func isNamespaceSearchDue(_ searchedAt: Nanoseconds?, now: Nanoseconds) -> Bool {
        searchedAt.map { now.since($0) >= namespacePeriod } ?? true
    }

    static func ownerSearchPause(after cost: Nanoseconds) -> Nanoseconds {
        max(ownerPause, Nanoseconds(cost.rawValue * ownerFactor))
    }
}

// MARK: - Queues sampled closely

extension SamplingPlan {
    /// So many queues are sampled at a time.
    static let mostBursts = 16
    /// So many of them, at most, because they drop.
    static let mostDroppingBursts = 8
    private static let pauseWhileDropping = Nanoseconds(10_000_000_000)
    private static let pauseWhileFollowed = Nanoseconds(30_000_000_000)
    /// From one sample of a queue to the next; and so many times what a round of all queues took, at
    /// least: of sockets that share their address, each sample may be a listing of 20 ms.
    static let burstPeriod = Nanoseconds(10_000_000)
    private static let burstFactor: UInt64 = 5

    static func burstPeriod(after cost: Nanoseconds) -> Nanoseconds {
        max(burstPeriod, Nanoseconds(cost.rawValue * burstFactor))
    }

    struct BurstFacts {
        /// What a person asked for just now.
        var asked: [SocketID] = []
        /// What dropped since the reading before, and how much a second.
        var dropping: [(socket: SocketID, rate: Rate)] = []
        /// What a person looks at.
        var followed: [SocketID] = []
        /// Those that are sampled closely now.
        var running: Set<SocketID> = []
        /// When others were, the last time.
        var endedAt: [SocketID: Nanoseconds] = [:]
    }

    /// The queues to be sampled closely from now on: what is asked for at once, what drops soon
    /// again, the worst first, and what is sampled now and then, so that a good reader can be
    /// called one.
    static func bursts(_ facts: BurstFacts, now: Nanoseconds) -> [SocketID] {
        var chosen: [SocketID] = []
        var known = facts.running
        func choose(_ socket: SocketID, unlessWithin pause: Nanoseconds) {
            guard known.count < mostBursts, !known.contains(socket) else { return }
            if let end = facts.endedAt[socket], now.since(end) < pause { return }
            known.insert(socket)
            chosen.append(socket)
        }
        for socket in facts.asked { choose(socket, unlessWithin: Nanoseconds(0)) }
        let worst = facts.dropping.sorted { $0.rate > $1.rate }.prefix(mostDroppingBursts)
        for (socket, _) in worst { choose(socket, unlessWithin: pauseWhileDropping) }
        for socket in facts.followed { choose(socket, unlessWithin: pauseWhileFollowed) }
        return chosen
    }
}

extension NetworkWish {
    /// More than these are not followed at a time.
    public static var mostFollowed: Int { SamplingPlan.mostBursts }
}

internal import Samples
internal import Units

/// The UDP sockets that lose, or did of late.
struct LostSockets: Sendable {
    private(set) var sockets: [SocketID: Loser] = [:]

    struct Loser: Sendable {
        var socket: SocketSample
        /// Since when it loses without a break.
        var since: Nanoseconds
        /// It had lost before its table was first read, and went on: nobody knows since when.
        var isFromBefore: Bool
        /// When it was last seen to have lost.
        var last: Nanoseconds
        /// What it had dropped at the readings of the last seconds.
        var totals: [(moment: Nanoseconds, total: UInt64)]
        /// At the latest reading of its table it still did: a reader that pauses loses now and then.
        var isLosing: Bool

        /// Datagrams a second, over the last seconds.
        var rate: Rate {
            guard isLosing, let first = totals.first, let last = totals.last else { return .zero }
            let seconds = last.moment.since(first.moment).seconds
            guard seconds > 0 else { return socket.drops?.rate ?? .zero }
            return Rate(Double(last.total - first.total) / seconds)
        }
    }

    /// How often the table was read. The first time tells totals, the second what is lost.
    private var readings = 0

    /// What stopped this long ago is over.
    static let memory: Duration = .seconds(60)
    /// Losses that are no further apart than this are one.
    static let longestBreak: Duration = .seconds(5)

    mutating func add(_ reading: NetworkReading) {
        if reading.sockets.tables.contains(.udp) {
            if !reading.sockets.fromBefore.contains(.udp) { readings += 1 }
            search(reading)
        }
        sockets = sockets.filter {
            reading.moment.since($0.value.last) <= Self.memory.inNanoseconds
        }
    }

    private mutating func search(_ reading: NetworkReading) {
        var seen: Set<SocketID> = []
        let all = reading.sockets.sockets
        for index in all.indices where all[index].transport == .udp {
            let known = sockets[all[index].id]
            guard known != nil || all[index].drops?.isLosing == true else { continue }
            let socket = all[index]
            guard let drops = socket.drops else { continue }
            seen.insert(socket.id)
            var loser =
                known
                ?? Loser(
                    socket: socket, since: reading.moment,
                    isFromBefore: readings <= 2 && socket.isFromBefore
                        && drops.total > drops.sinceStart,
                    last: reading.moment, totals: [], isLosing: true)
            loser.socket = socket
            loser.totals.append((reading.moment, drops.total))
            let start = reading.moment.since(Self.longestBreak.inNanoseconds)
            loser.totals.removeFirst(max(0, loser.totals.prefix { $0.moment <= start }.count - 1))
            if drops.isLosing, drops.total > (known?.socket.drops?.total ?? 0) {
                if !loser.isLosing {
                    loser.since = reading.moment
                    loser.isFromBefore = false
                }
                loser.last = reading.moment
            }
            sockets[socket.id] = loser
        }
        // One that is missing from a torn listing may be open still.
        if !reading.sockets.isTorn { sockets = sockets.filter { seen.contains($0.key) } }
        for (id, loser) in sockets {
            sockets[id]?.isLosing =
                reading.moment.since(loser.last) <= Self.longestBreak.inNanoseconds
        }
    }
}

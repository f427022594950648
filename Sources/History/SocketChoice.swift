internal import Samples

/// Which sockets of a reading are kept, where there is not room for all.
struct SocketChoice {
    /// The higher, the sooner it is kept.
    enum Rank: Int, CaseIterable {
        /// The kernel finishes it: TIME_WAIT, mostly.
        case unowned = 1
        /// Open, but by whom is not known.
        case open
        case ownedOrListening
        /// Something waits in it.
        case queued
        case dropping
        case shown
    }

    private let shown: Set<SocketID>
    /// Of this rank only some are kept, of lower ones none; nil where there is room for all.
    private var cut: Rank?
    /// How many of that rank still are, by the raw value of the table.
    private var room: [Int: Int] = [:]

    init(_ sockets: [SocketSample], shown: Set<SocketID>, room: Int) {
        self.shown = shown
        guard sockets.count > room else { return }
        var counts: [Rank: [Int: Int]] = [:]
        for socket in sockets {
            counts[rank(socket), default: [:]][socket.transport.table.rawValue, default: 0] += 1
        }
        var rest = room
        for rank in Rank.allCases.reversed() {
            let wanted = counts[rank] ?? [:]
            let sum = wanted.values.reduce(0, +)
            if sum > rest {
                cut = rank
                self.room = Self.shares(of: rest, among: wanted)
                return
            }
            rest -= sum
        }
    }

    /// A large table does not push out a small one.
    private static func shares(of room: Int, among wanted: [Int: Int]) -> [Int: Int] {
        var rest = room
        var left = wanted.count
        var shares: [Int: Int] = [:]
        for (table, count) in wanted.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
            let share = min(count, rest / left)
            shares[table] = share
            rest -= share
            left -= 1
        }
        return shares
    }

    /// Asked once of each socket, in turn; nil if it is not kept.
    mutating func rank(of socket: SocketSample) -> Rank? {
        let rank = rank(socket)
        guard let cut else { return rank }
        if rank == cut {
            let table = socket.transport.table.rawValue
            guard let left = room[table], left > 0 else { return nil }
            room[table] = left - 1
            return rank
        }
        return rank.rawValue > cut.rawValue ? rank : nil
    }

    private func rank(_ socket: SocketSample) -> Rank {
        if shown.contains(socket.id) { return .shown }
        if let drops = socket.drops, drops.sinceStart > 0 { return .dropping }
        if socket.hasQueue { return .queued }
        if socket.state == .listen || socket.owner != nil { return .ownedOrListening }
        return socket.state == .timeWait || socket.inode == 0 ? .unowned : .open
    }
}

extension SocketSample {
    /// Something waits. What a listener shows as its send queue is how much may wait.
    var hasQueue: Bool {
        (receiveQueue ?? 0) > 0 || (state != .listen && (sendQueue ?? 0) > 0)
    }
}

import Diagnosis
import ProcSampling
import Units

/// The rows of view 4 in order. A box may have tens of thousands of sockets: they are put in order
/// once for each reading, and not again for every key.
struct SocketRows: Sendable {
    /// What the order depends on.
    struct Key: Hashable, Sendable {
        var reading: Int
        var count: Int
        var group: SocketGroup.ID?
        var filter: String
        var sort: ColumnID
        var isReversed: Bool
        var isHeld: Bool
        var showsNames: Int
        /// Only those that receive datagrams.
        var isOfUDP = false
    }

    private var key: Key?
    private(set) var rows: [Row] = []

    /// - Parameter places: the places that rows have and keep; nil to put them in order anew.
    mutating func update(
        for key: Key, figures: SocketFigures, places: [RowID: Int]?
    ) {
        guard self.key != key else { return }
        self.key = key
        let sockets = figures.reading.sockets.sockets
        let search = SocketSearch(key.filter, figures: figures)
        var indices: [Int] = []
        indices.reserveCapacity(sockets.count)
        for (index, socket) in sockets.enumerated() {
            if key.isOfUDP, socket.transport != .udp { continue }
            if let group = key.group, !group.contains(socket) { continue }
            if search.matches(socket) { indices.append(index) }
        }
        if let places {
            let kept = indices.map { places[.socket(sockets[$0].id)] ?? .max }
            indices = indices.indices.sorted { kept[$0] < kept[$1] }.map { indices[$0] }
        } else {
            indices = SocketOrder(column: key.sort, isReversed: key.isReversed, figures: figures)
                .sorted(indices)
        }
        rows = indices.map { Row(id: .socket(sockets[$0].id), index: $0) }
    }
}

/// Which sockets a filter lets through: by any part of either address, the state, the process or
/// its number, the user or the protocol.
struct SocketSearch {
    private let filter: TextFilter
    private let figures: SocketFigures
    private let processes: Set<ProcessIdentity>

    init(_ filter: String, figures: SocketFigures) {
        let search = TextFilter(filter)
        self.filter = search
        self.figures = figures
        // Each process once, not once for each of its sockets.
        processes =
            search.isEmpty
            ? [] : Set(figures.names.filter { search.matches("\($0.value) \($0.key.pid)") }.keys)
    }

    func matches(_ socket: SocketSample) -> Bool {
        if filter.isEmpty { return true }
        if let owner = socket.owner, processes.contains(owner.process) { return true }
        if filter.matches(socket.stateName) || filter.matches(socket.local.description)
            || filter.matches(socket.peer.description) || filter.matches(socket.transport.name)
        {
            return true
        }
        // Names, where they are on show.
        return filter.matches(figures.text(.localAddress, of: socket))
            || filter.matches(figures.text(.peerAddress, of: socket))
            || filter.matches(figures.text(.user, of: socket))
            || filter.matches("\(socket.inode)")
    }
}

/// Puts sockets in order by one column: the largest figure first, words from a to z, what is not
/// known last.
struct SocketOrder {
    let column: ColumnID
    let isReversed: Bool
    let figures: SocketFigures

    /// Numbers only, so that comparing costs next to nothing.
    private struct Key {
        var a: UInt64
        var b: UInt64 = 0
        var c: UInt64 = 0

        init(a: UInt64, b: UInt64 = 0, c: UInt64 = 0) {
            (self.a, self.b, self.c) = (a, b, c)
        }

        /// Of positive numbers the bits are in the order of the numbers.
        init(_ number: Float, b: UInt64 = 0) {
            self.init(a: Double(max(0, number)).bitPattern, b: b)
        }

        static func precedes(_ x: Key, _ y: Key) -> Bool {
            x.a != y.a ? x.a < y.a : x.b != y.b ? x.b < y.b : x.c < y.c
        }
    }

    func sorted(_ indices: [Int]) -> [Int] {
        let sockets = figures.reading.sockets.sockets
        let ranks = ranks(of: indices)
        let isNumber = Column.socketColumns.first { $0.id == column }?.isNumber ?? true
        let descends = isNumber != isReversed
        var known: [(key: Key, index: Int)] = []
        var unknown: [Int] = []
        known.reserveCapacity(indices.count)
        for index in indices {
            if let key = key(of: sockets[index], ranks) {
                known.append((key, index))
            } else {
                unknown.append(index)
            }
        }
        // Those alike stay in the order of the kernel's tables.
        known.sort { x, y in
            if Key.precedes(x.key, y.key) { return !descends }
            if Key.precedes(y.key, x.key) { return descends }
            return x.index < y.index
        }
        return known.map(\.index) + unknown
    }

    private func key(of socket: SocketSample, _ ranks: [String: UInt64]) -> Key? {
        switch column {
        case .transport: return Key(a: UInt64(socket.transport.rawValue))
        case .socketState: return Key(a: ranks[socket.stateName] ?? 0)
        case .localAddress: return key(of: socket.local, ranks)
        case .peerAddress: return key(of: socket.peer, ranks)
        case .seen: return Key(a: figures.reading.moment.since(socket.since).rawValue)
        case .receiveQueue: return socket.receiveQueue.map { Key(a: $0) }
        case .sendQueue: return socket.sendQueue.map { Key(a: $0) }
        case .receiveBuffer: return socket.receiveBuffer.map { Key(a: $0.rawValue) }
        case .sendBuffer: return socket.sendBuffer.map { Key(a: $0.rawValue) }
        case .drops: return socket.drops.map { Key(a: $0.total) }
        case .dropRate:
            return socket.drops?.rate.map { Key($0.rawValue, b: socket.drops?.total ?? 0) }
        case .retransmits: return socket.tcp?.retransmits.map { Key(a: $0.total) }
        case .roundTrip: return socket.tcp?.roundTripMicroseconds.map { Key(a: UInt64($0)) }
        case .window: return socket.tcp?.congestionWindow.map { Key(a: UInt64($0)) }
        case .holder, .pid:
            return socket.owner.map {
                Key(
                    a: UInt64(UInt32(bitPattern: $0.process.pid.rawValue)),
                    b: UInt64(UInt32(bitPattern: $0.descriptor)))
            }
        case .process, .user:
            let text = figures.text(column, of: socket)
            return text == "-" ? nil : Key(a: ranks[text] ?? 0)
        case .inode: return Key(a: UInt64(socket.inode))
        case .full: return figures.verdict(of: socket).map { Key($0.full.rawValue) }
        case .empty: return figures.verdict(of: socket).map { Key($0.empty.rawValue) }
        case .reader: return figures.verdict(of: socket).map { Key(a: $0.kind.order) }
        case .tid:
            return figures.readerThread(of: socket).map {
                Key(a: UInt64(UInt32(bitPattern: $0.tid.rawValue)))
            }
        default: return nil
        }
    }

    private func key(of address: SocketAddress, _ ranks: [String: UInt64]) -> Key? {
        switch address {
        case .ip(let ip, let port):
            let bare = ip.unmapped
            if bare.isUnspecified { return port == 0 ? nil : Key(a: 0, b: 0, c: UInt64(port)) }
            // Version 4 first; within a host by port.
            if !bare.isV6 { return Key(a: 0, b: bare.low, c: UInt64(port)) }
            return Key(a: 1 + (bare.high >> 1), b: bare.low, c: UInt64(port))
        case .unix, .packet: return Key(a: .max - 1, b: ranks[address.description] ?? 0)
        case .unixPeer(let inode): return Key(a: .max - 1, b: UInt64(inode))
        case .none: return nil
        }
    }

    /// Numbers for the texts of a column, in the order of the texts: each text is compared once.
    private func ranks(of indices: [Int]) -> [String: UInt64] {
        let sockets = figures.reading.sockets.sockets
        var texts: Set<String> = []
        func gather(_ text: (SocketSample) -> String?) {
            for index in indices { if let text = text(sockets[index]) { texts.insert(text) } }
        }
        func name(_ address: SocketAddress) -> String? {
            switch address {
            case .unix, .packet: address.description
            case .ip, .unixPeer, .none: nil
            }
        }
        switch column {
        case .socketState: gather(\.stateName)
        case .localAddress: gather { name($0.local) }
        case .peerAddress: gather { name($0.peer) }
        case .process, .user: gather { figures.text(column, of: $0) }
        default: break
        }
        return Dictionary(
            uniqueKeysWithValues: texts.sorted().enumerated().map { ($1, UInt64($0)) })
    }
}

extension ReaderVerdict.Kind {
    /// What needs a person most has the highest number.
    fileprivate var order: UInt64 {
        switch self {
        case .ok: 0
        case .bufferTooSmall: 1
        case .pauses: 2
        case .slow: 3
        case .stalled: 4
        }
    }
}

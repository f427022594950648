import Diagnosis
import ProcSampling
import Units

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

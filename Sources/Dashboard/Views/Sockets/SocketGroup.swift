package import ProcSampling
package import Units

/// Sockets with something in common, counted.
package struct SocketGroup: Sendable {
    /// What they have in common.
    package enum Kind: Hashable, Sendable, CaseIterable {
        case state, peer, process
    }

    package enum ID: Hashable, Sendable {
        case state(Transport, SocketState)
        case peer(IPAddress)
        /// UNIX, raw and packet sockets, and those that are not connected.
        case noPeer
        case process(ProcessIdentity)
        /// Those whose process is not known, or not told.
        case unknownProcess
        /// Those that no process holds any more: the kernel finishes them.
        case noProcess
    }

    package let id: ID
    package private(set) var count = 0
    private(set) var established = 0
    private(set) var listening = 0
    private(set) var closeWait = 0
    private(set) var timeWait = 0
    private(set) var receiveQueue: UInt64 = 0
    private(set) var sendQueue: UInt64 = 0
    /// Nil where none of them counts it.
    private(set) var retransmits: UInt64?
    private(set) var drops: UInt64?

    private init(_ id: ID) { self.id = id }

    /// All groups of a reading, in the order in which their first sockets come.
    static func all(by kind: Kind, in sockets: [SocketSample]) -> [SocketGroup] {
        var places: [ID: Int] = [:]
        var groups: [SocketGroup] = []
        for socket in sockets {
            let id = ID(socket, by: kind)
            let place: Int
            if let known = places[id] {
                place = known
            } else {
                place = groups.count
                places[id] = place
                groups.append(SocketGroup(id))
            }
            groups[place].add(socket)
        }
        return groups
    }

    private mutating func add(_ socket: SocketSample) {
        count += 1
        switch socket.state {
        case .established: established += 1
        case .listen: listening += 1
        case .closeWait: closeWait += 1
        case .timeWait: timeWait += 1
        default: break
        }
        // Of a listener these are connections, not bytes.
        if socket.state != .listen {
            receiveQueue &+= socket.receiveQueue ?? 0
            sendQueue &+= socket.sendQueue ?? 0
        }
        if let more = socket.tcp?.retransmits?.total { retransmits = (retransmits ?? 0) &+ more }
        if let more = socket.drops?.total { drops = (drops ?? 0) &+ more }
    }
}

extension SocketGroup.ID {
    init(_ socket: SocketSample, by kind: SocketGroup.Kind) {
        switch kind {
        case .state: self = .state(socket.transport, socket.state)
        case .peer:
            if case .ip(let address, _) = socket.peer, !address.isUnspecified {
                self = .peer(address.unmapped)
            } else {
                self = .noPeer
            }
        case .process:
            self =
                socket.owner.map { .process($0.process) }
                ?? (socket.inode == 0 ? .noProcess : .unknownProcess)
        }
    }

    var kind: SocketGroup.Kind {
        switch self {
        case .state: .state
        case .peer, .noPeer: .peer
        case .process, .unknownProcess, .noProcess: .process
        }
    }

    func contains(_ socket: SocketSample) -> Bool { Self(socket, by: kind) == self }
}

internal import Glibc
internal import ProcFormats
internal import Units

/// One sample of a queue.
struct QueueSample {
    /// Bytes that wait to be read, as the kernel charges them.
    var queue: UInt32
    /// These, and what was read and is not released yet: what it compares with the buffer.
    var charged: UInt32
    /// SO_RCVBUF as the kernel keeps it.
    var buffer: UInt32
    /// What was dropped since the socket was opened, which wraps.
    var drops: UInt32
}

/// Samples the queue of one UDP socket, in microseconds, as often as every few milliseconds. It
/// stays in the network namespace in which it was made.
final class QueueReader {
    private let netlink: NetlinkSocket
    /// How sockets were found that share their address with others (SO_REUSEPORT), by cookie.
    private var ways: [UInt64: Way] = [:]

    private enum Way {
        /// A datagram from this port would reach it.
        case from(port: UInt16)
        /// Among all that are bound to its port.
        case listed
    }

    /// Nil where netlink may not be used.
    init?() {
        guard let netlink = try? NetlinkSocket(.socketDiagnosis) else { return nil }
        self.netlink = netlink
    }

    /// Nil when it is gone, or not a UDP socket that is bound.
    func sample(_ socket: SocketSample) -> QueueSample? {
        guard let target = Target(socket), let found = find(target), let memory = found.memory,
            let charged = memory.receiveCharged, let buffer = memory.receiveBuffer,
            let drops = memory.drops
        else { return nil }
        return QueueSample(
            queue: found.receiveQueue, charged: charged, buffer: buffer, drops: drops)
    }

    private func find(_ target: Target) -> InetDiagMessage? {
        var source = target.peerPort
        switch ways[target.cookie] {
        case .listed: return list(target)
        case .from(let port): source = port
        case nil: break
        }
        if let found = ask(target, from: source) {
            if found.cookie == target.cookie { return found }
            // The kernel chooses among those that share an address by where a datagram comes from.
            for port in 1...Self.mostPorts {
                guard let found = ask(target, from: port), found.cookie == target.cookie else {
                    continue
                }
                ways[target.cookie] = .from(port: port)
                return found
            }
        }
        ways[target.cookie] = .listed
        return list(target)
    }

    /// So many tries find one of 30 nearly always, in less time than two listings take.
    private static let mostPorts: UInt16 = 256

    /// The socket that a datagram from that port would reach.
    private func ask(_ target: Target, from port: UInt16) -> InetDiagMessage? {
        let request = NetlinkRequest.udpSocket(
            local: target.local, localPort: target.localPort, peer: target.peer, peerPort: port,
            interface: target.interface)
        var found: InetDiagMessage?
        _ = try? netlink.ask(request) { message, bytes in
            found = try? InetDiagMessage(parsing: bytes, in: message.payload)
        }
        return found
    }

    private func list(_ target: Target) -> InetDiagMessage? {
        let request = NetlinkRequest.udpSockets(
            isV6: target.local.isV6, localPort: target.localPort)
        var found: InetDiagMessage?
        _ = try? netlink.ask(request) { message, bytes in
            if let next = try? InetDiagMessage(parsing: bytes, in: message.payload),
                next.cookie == target.cookie
            {
                found = next
            }
        }
        return found
    }
}

/// A UDP socket that is bound.
private struct Target {
    let cookie: UInt64
    let local: IPAddress
    let localPort: UInt16
    let peer: IPAddress
    let peerPort: UInt16
    let interface: UInt32

    init?(_ socket: SocketSample) {
        guard socket.transport == .udp, case .ip(let local, let localPort) = socket.local,
            case .ip(let peer, let peerPort) = socket.peer, localPort != 0
        else { return nil }
        cookie = socket.id.cookie
        (self.local, self.localPort) = (local, localPort)
        (self.peer, self.peerPort) = (peer, peerPort)
        interface = socket.interface
    }
}

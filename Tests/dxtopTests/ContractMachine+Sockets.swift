import ProcFormats
import ProcSampling
import TestSupport
import Units

/// Sockets of each kind, at different ends.
extension ContractMachine {
    static func sockets(at moment: Nanoseconds) -> [SocketSample] {
        func socket(
            _ cookie: UInt64, _ transport: Transport, _ state: SocketState,
            _ local: SocketAddress, _ peer: SocketAddress = .none
        ) -> SocketSample {
            SocketSample(
                id: SocketID(namespace: namespace.id, cookie: cookie), transport: transport,
                local: local, peer: peer, state: state,
                since: Nanoseconds(moment.rawValue - 90_500_000_000))
        }
        var stream = socket(1, .tcp, .closeWait, ip("::1", 80), ip("10.9.1.4", 51_514))
        stream.inode = 7002
        stream.user = UserID(1001)
        stream.owner = SocketOwner(process: streamd, descriptor: 91)
        stream.receiveQueue = 1
        stream.sendQueue = 0
        stream.receiveBuffer = ByteCount(131_072)
        stream.drops = Counted(total: 0)
        stream.tcp = TCPFigures(
            roundTripMicroseconds: 250, retransmits: Counted(total: 9, rate: .zero),
            congestionWindow: 10)
        var losing = socket(2, .udp, .close, ip("0.0.0.0", 12_201))
        losing.inode = 8001
        losing.owner = SocketOwner(process: streamd, descriptor: 7)
        losing.receiveQueue = 208_000
        losing.receiveBuffer = ByteCount(212_992)
        losing.drops = Counted(total: 9148, rate: Rate(212.126), sinceStart: 9148)
        var listener = socket(4, .tcp, .listen, ip("0.0.0.0", 443), ip("0.0.0.0", 0))
        listener.inode = 7001
        listener.isFromBefore = true
        listener.receiveQueue = 129
        listener.sendQueue = 128
        var stalled = socket(7, .udp, .close, ip("::", 12_202), ip("::", 0))
        stalled.owner = SocketOwner(process: streamd, descriptor: 8)
        stalled.receiveQueue = 424_960
        stalled.sendQueue = 0
        stalled.receiveBuffer = ByteCount(425_984)
        stalled.drops = Counted(total: 9148, rate: Rate(212.0), sinceStart: 9148)
        // Of a process that is not in the list.
        var quiet = socket(8, .udp, .established, ip("10.0.3.7", 53), ip("::ffff:1.2.3.4", 53))
        quiet.owner = SocketOwner(process: Made.process(9999, start: 1), descriptor: 0)
        quiet.drops = Counted(total: 0, rate: .zero)
        return [
            stream, losing, socket(3, .udp, .close, ip("0.0.0.0", 9)), listener,
            socket(5, .unixStream, .listen, .unix("/run/streamd/control.sock"), .unixPeer(0)),
            socket(6, .unixDatagram, .established, .unix("")), stalled, quiet,
            socket(9, .tcp, .timeWait, ip("10.0.3.7", 8080), ip("10.9.1.5", 40_000)),
            socket(10, .unixDatagram, .established, .unix("@evil\u{202E}name"), .unixPeer(9011)),
            socket(11, .packet, .close, .packet(interface: 2, protocol: 0x0800)),
            socket(12, .raw, .close, ip("0.0.0.0", 1), ip("0.0.0.0", 0)),
        ]
    }

    private static func ip(_ text: String, _ port: UInt16) -> SocketAddress {
        IPAddress(text).map { .ip($0, port: port) } ?? .none
    }
}

import Samples
import Testing
import Units

/// How sockets are spelt.
struct SocketTextTests {
    private static let ten = IPAddress(v4: 0x0A00_0307)
    private static let mapped = IPAddress(high: 0, low: 0xFFFF_0A00_0307)

    @Test(arguments: [
        (SocketAddress.ip(ten, port: 8080), "10.0.3.7:8080"),
        (.ip(IPAddress(v4: 0), port: 12201), ":12201"),
        (.ip(IPAddress(high: 0, low: 0), port: 12201), ":12201"),
        (.ip(IPAddress(high: 0, low: 0), port: 0), "*"),
        (.ip(ten, port: 0), "10.0.3.7:*"),
        (.ip(IPAddress(high: 0, low: 1), port: 8080), "[::1]:8080"),
        (.ip(mapped, port: 80), "10.0.3.7:80"),
        (.unix("/run/a.sock"), "/run/a.sock"), (.unix(""), "*"),
        (.unixPeer(4711), "inode 4711"), (.unixPeer(0), "*"),
        (.packet(interface: 2, protocol: 0x0800), "if2:0x0800"),
        (.packet(interface: 0, protocol: 3), "*:*"), (.none, "*"),
    ])
    func forPeople(address: SocketAddress, text: String) {
        #expect(address.description == text)
    }

    private static let link = IPAddress(high: 0xFE80_0000_0000_0000, low: 1)

    @Test(arguments: [
        (SocketAddress.ip(IPAddress(v4: 0), port: 7005), SocketAddress.none, ":7005%eth0", "*"),
        (.ip(ten, port: 80), .ip(ten, port: 443), "10.0.3.7%eth0:80", "10.0.3.7:443"),
        (.ip(link, port: 80), .ip(link, port: 443), "[fe80::1%eth0]:80", "[fe80::1%eth0]:443"),
    ])
    func onAnInterface(
        local: SocketAddress, peer: SocketAddress, localText: String, peerText: String
    ) {
        func reading(interfaces: [InterfaceSample]) -> NetworkReading {
            NetworkReading(
                number: 1, moment: Nanoseconds(0),
                namespace: NetworkNamespace(id: NamespaceID(1)), interfaces: interfaces)
        }
        var socket = SocketSample(
            id: SocketID(namespace: NamespaceID(1), cookie: 1), transport: .tcp, local: local,
            peer: peer, state: .established, interface: 2)
        let known = reading(interfaces: [InterfaceSample(id: 2, name: "eth0")])
        #expect(known.local(of: socket) == localText)
        #expect(known.peer(of: socket) == peerText)
        #expect(reading(interfaces: []).interfaceName(of: socket) == "if2")
        socket.interface = 0
        #expect(known.interfaceName(of: socket) == nil)
        #expect(known.local(of: socket) == local.description)
    }

    @Test(arguments: [
        (SocketAddress.ip(IPAddress(v4: 0), port: 12201), String?("0.0.0.0"), UInt16?(12201)),
        (.ip(IPAddress(high: 0, low: 0), port: 0), "::", nil),
        (.ip(mapped, port: 80), "::ffff:10.0.3.7", 80),
        (.unix("@name"), "@name", nil), (.unix(""), nil, nil), (.unixPeer(3), nil, nil),
        (.none, nil, nil),
    ])
    func forDocuments(address: SocketAddress, text: String?, port: UInt16?) {
        #expect(address.address == text)
        #expect(address.port == port)
    }

    @Test(arguments: [
        (Transport.tcp, SocketState.close, "CLOSE"), (.udp, .close, "UNCONN"),
        (.raw, .close, "UNCONN"), (.unixStream, .close, "UNCONN"), (.packet, .close, "UNCONN"),
        (.udp, .established, "ESTABLISHED"), (.tcp, .newSynReceived, "SYN_RECV"),
        (.tcp, .closeWait, "CLOSE_WAIT"), (.tcp, .finWait2, "FIN_WAIT2"),
        (.unixStream, .listen, "LISTEN"),
    ])
    func states(transport: Transport, state: SocketState, name: String) {
        let sample = SocketSample(
            id: SocketID(namespace: NamespaceID(1), cookie: 1), transport: transport,
            local: .none, peer: .none, state: state)
        #expect(sample.stateName == name)
    }

    @Test func familiesAndKinds() {
        func sample(_ local: SocketAddress) -> SocketSample {
            SocketSample(
                id: SocketID(namespace: NamespaceID(1), cookie: 1), transport: .tcp, local: local,
                peer: .none, state: .listen)
        }
        #expect(sample(.ip(Self.ten, port: 1)).family == "ipv4")
        #expect(sample(.ip(Self.mapped, port: 1)).family == "ipv6")
        #expect(sample(.unix("")).family == "unix")
        #expect(sample(.packet(interface: 0, protocol: 3)).family == "packet")
        #expect(Set(Transport.allCases.map(\.name)).count == Transport.allCases.count)
        #expect(Transport.allCases.map(\.letter) == ["t", "u", "r", "x", "x", "x", "p"])
    }
}

internal import ProcFormats
internal import Units

extension Transport {
    /// For documents and filters.
    public var name: String {
        switch self {
        case .tcp: "tcp"
        case .udp: "udp"
        case .raw: "raw"
        case .unixStream: "unix_stream"
        case .unixDatagram: "unix_dgram"
        case .unixSequenced: "unix_seqpacket"
        case .packet: "packet"
        }
    }

    /// One letter, for columns: "x" for all UNIX sockets.
    public var letter: Character {
        switch self {
        case .tcp: "t"
        case .udp: "u"
        case .raw: "r"
        case .unixStream, .unixDatagram, .unixSequenced: "x"
        case .packet: "p"
        }
    }
}

extension SocketSample {
    /// "ipv4", "ipv6", "unix" or "packet".
    public var family: String {
        switch local {
        case .ip(let address, _): address.isV6 ? "ipv6" : "ipv4"
        case .unix, .unixPeer: "unix"
        case .packet, .none: "packet"
        }
    }

    public var stateName: String { state.name(of: transport) }
}

extension SocketState {
    /// As `netstat(8)` spells it; UNCONN, as in `ss(8)`, for what needs no connection.
    public func name(of transport: Transport) -> String {
        switch (transport, self) {
        case (.tcp, .close): "CLOSE"
        case (_, .close): "UNCONN"
        case (_, .unknown): "UNKNOWN"
        case (_, .established): "ESTABLISHED"
        case (_, .synSent): "SYN_SENT"
        case (_, .synReceived), (_, .newSynReceived): "SYN_RECV"
        case (_, .finWait1): "FIN_WAIT1"
        case (_, .finWait2): "FIN_WAIT2"
        case (_, .timeWait): "TIME_WAIT"
        case (_, .closeWait): "CLOSE_WAIT"
        case (_, .lastAck): "LAST_ACK"
        case (_, .listen): "LISTEN"
        case (_, .closing): "CLOSING"
        }
    }
}

extension SocketAddress {
    /// For documents: "10.0.3.7", "0.0.0.0" or "::" for any, the name of a UNIX socket; nil where
    /// there is none.
    public var address: String? {
        switch self {
        case .ip(let address, _): address.description
        case .unix(let name): name.isEmpty ? nil : name
        case .unixPeer, .packet, .none: nil
        }
    }

    /// For documents; nil for what has no ports, or none yet.
    public var port: UInt16? {
        if case .ip(_, let port) = self, port != 0 { port } else { nil }
    }
}

extension NetworkReading {
    /// The interface that a socket is bound to, "if7" where only its number is known; nil for none.
    public func interfaceName(of socket: SocketSample) -> String? {
        var index = socket.interface
        if case .packet(let only, _) = socket.local { index = only }
        guard index != 0 else { return nil }
        return interfaces.first { $0.id == index }?.name ?? "if\(index)"
    }

    /// The two ends for people, as `SocketAddress.text` has them.
    package func local(of socket: SocketSample) -> String {
        socket.local.text(zone: interfaceName(of: socket))
    }

    package func peer(of socket: SocketSample) -> String {
        socket.peer.text(zone: peerZone(of: socket))
    }

    /// A link-local address says nothing without its interface; any other does.
    package func peerZone(of socket: SocketSample) -> String? {
        guard case .ip(let address, _) = socket.peer, address.isLinkLocal else { return nil }
        return interfaceName(of: socket)
    }
}

extension SocketAddress: CustomStringConvertible {
    /// For people: "10.0.3.7:8080", ":12201" for any address, "[::1]:8080", an address of version 4
    /// as such wherever it stands, "*" for any port; "*" for nobody. The other end of a UNIX socket
    /// is "inode 4711", a packet socket's "if2:0x0800" or "*" in place of either.
    public var description: String { text(zone: nil) }

    /// With the interface it is bound to: ":7005%lo", "10.0.3.7%eth0:80", "[fe80::1%eth0]:80".
    package func text(zone: String?) -> String {
        var text: [UInt8] = []
        write(to: &text, zone: zone)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends what `text` is: for those who look through many sockets.
    package func write(to text: inout [UInt8], zone: String? = nil) {
        switch self {
        case .ip(let address, let port):
            let shown = address.unmapped
            let zone = zone.map { "%" + $0 } ?? ""
            if !address.isUnspecified {
                if shown.isV6 { text.append(UInt8(ascii: "[")) }
                shown.write(to: &text)
                text += zone.utf8
                if shown.isV6 { text.append(UInt8(ascii: "]")) }
            }
            if !address.isUnspecified || port != 0 { text.append(UInt8(ascii: ":")) }
            if port == 0 { text.append(any) } else { text.appendDigits(of: UInt32(port)) }
            if address.isUnspecified { text += zone.utf8 }
        case .unix(let name) where !name.isEmpty:
            text += name.utf8
        case .unixPeer(let inode) where inode != 0:
            text += "inode ".utf8
            text.appendDigits(of: inode)
        case .packet(let interface, let number):
            if interface == 0 { text.append(any) } else { text += "if\(interface)".utf8 }
            text.append(UInt8(ascii: ":"))
            let all: UInt16 = 3  // ETH_P_ALL
            guard number != all else { return text.append(any) }
            text += "0x".utf8
            for shift: UInt32 in [12, 8, 4, 0] {
                text.appendDigits(of: UInt32(number) >> shift & 15, radix: 16)
            }
        case .unix, .unixPeer, .none:
            text.append(any)
        }
    }

    private var any: UInt8 { UInt8(ascii: "*") }
}

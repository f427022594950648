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

extension SocketAddress: CustomStringConvertible {
    /// For people: "10.0.3.7:8080", ":12201" for any address, "[::1]:8080", an address of version 4
    /// as such wherever it stands, "*" for any port; "*" for nobody. The other end of a UNIX socket
    /// is "inode 4711", a packet socket's "if2:0x0800" or "*" in place of either.
    public var description: String {
        switch self {
        case .ip(let address, let port):
            let port = port == 0 ? "*" : String(port)
            if address.isUnspecified { return port == "*" ? "*" : ":" + port }
            let shown = address.unmapped
            return (shown.isV6 ? "[\(shown)]" : "\(shown)") + ":" + port
        case .unix(let name): return name.isEmpty ? "*" : name
        case .unixPeer(let inode): return inode == 0 ? "*" : "inode \(inode)"
        case .packet(let interface, let number):
            let hexadecimal = String(number, radix: 16)
            let padding = String(repeating: "0", count: max(0, 4 - hexadecimal.count))
            let all: UInt16 = 3  // ETH_P_ALL
            return (interface == 0 ? "*" : "if\(interface)") + ":"
                + (number == all ? "*" : "0x" + padding + hexadecimal)
        case .none: return "*"
        }
    }
}

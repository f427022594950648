internal import ProcFormats

/// The lists that the kernel keeps of sockets, in the order in which they are read.
enum SocketListing: Int, CaseIterable {
    case tcp, tcp6, udp, udp6, raw, raw6, unix, packet

    /// What may be wanted of it.
    var tables: SocketTables {
        switch self {
        case .tcp, .tcp6: .tcp
        case .udp, .udp6: .udp
        case .raw, .raw6: .raw
        case .unix: .unix
        case .packet: .packet
        }
    }

    /// In `/proc/net`.
    var file: StaticString {
        switch self {
        case .tcp: "tcp"
        case .tcp6: "tcp6"
        case .udp: "udp"
        case .udp6: "udp6"
        case .raw: "raw"
        case .raw6: "raw6"
        case .unix: "unix"
        case .packet: "packet"
        }
    }

    /// Of those that speak the Internet protocol: what tells them apart.
    var internet: (transport: Transport, family: SocketFamily, protocol: UInt8)? {
        switch self {
        case .tcp: (.tcp, .inet, 6)
        case .tcp6: (.tcp, .inet6, 6)
        case .udp: (.udp, .inet, 17)
        case .udp6: (.udp, .inet6, 17)
        case .raw: (.raw, .inet, 255)
        case .raw6: (.raw, .inet6, 255)
        case .unix, .packet: nil
        }
    }

    /// The states that are wanted of it, one bit each.
    func states(for tables: SocketTables) -> UInt32 {
        guard self.tables == .tcp, !tables.isSuperset(of: .tcp) else { return Self.allStates }
        return (tables.contains(.closeWait) ? SocketState.closeWait.bit : 0)
            | (tables.contains(.listening) ? SocketState.listen.bit : 0)
    }

    private static let allStates = SocketState.allCases.reduce(0) { $0 | $1.bit }

    /// The one whose answer has its sockets. The kernel goes through all TCP sockets of the machine
    /// for each request, whatever namespace it is for: once does for both versions.
    var asked: SocketListing { self == .tcp6 ? .tcp : self }

    /// What the kernel is asked for.
    func request(states: UInt32) -> NetlinkRequest {
        if self == .tcp {
            .tcpSockets(states: states)
        } else if let (_, family, number) = internet {
            .inetSockets(family, protocol: number, states: states)
        } else if self == .unix {
            .unixSockets()
        } else {
            .packetSockets()
        }
    }
}

extension SocketState {
    /// Its bit in a mask of states.
    var bit: UInt32 { 1 << UInt32(rawValue) }
}

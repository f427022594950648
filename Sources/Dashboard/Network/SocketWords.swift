import ProcFormats
import Samples
import Units

/// How addresses are written: in numbers, or on request with the names of services and of hosts.
struct SocketWords {
    /// Nil for numbers.
    let services: ServiceNames?
    /// Those that DNS gave, where they are shown.
    let hosts: [IPAddress: String?]
    /// Names of interfaces, by index.
    let interfaces: [UInt32: String]

    init(_ state: NetworkState, _ reading: NetworkReading) {
        services = state.showsServices ? state.services : nil
        hosts = state.showsHosts ? state.hostNames : [:]
        interfaces = Dictionary(
            reading.interfaces.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    }

    /// Ports or addresses may be written otherwise than in numbers.
    var hasNames: Bool { services != nil || !hosts.isEmpty }

    /// What DNS calls it, where that is shown and known.
    func hostName(of address: IPAddress) -> String? { hosts[address.unmapped] ?? nil }

    /// - Parameter zone: the interface it is bound to.
    func text(_ address: SocketAddress, _ transport: Transport, zone: String?) -> String {
        guard case .ip(let ip, let port) = address else {
            if case .packet(let index, _) = address, let name = interfaces[index] { return name }
            return address.description
        }
        guard hasNames else { return address.text(zone: zone) }
        let service =
            services?[port, transport == .udp ? .udp : .tcp] ?? (port == 0 ? "*" : "\(port)")
        if ip.isUnspecified { return ":" + service }
        guard let host = hostName(of: ip) else {
            let bare = ip.unmapped
            return (bare.isV6 ? "[\(bare)]" : "\(bare)") + ":" + service
        }
        return host + ":" + service
    }
}

extension SocketSample {
    /// For a title: "u :12201", "t 10.0.3.7:8080 10.9.1.4:51514".
    var label: String {
        let ends = "\(transport.letter) \(local.description)"
        switch peer {
        case .ip(_, port: 0), .none, .unixPeer: return ends
        default: return ends + " " + peer.description
        }
    }
}

import Diagnosis
import Fields
import ProcSampling
import Units

/// The rows of lists of networks, and what their fields read.
final class NetworkRows: Sendable {
    /// Sockets, in order.
    let sockets: [Row]
    let groups: [SocketGroup]
    let reading: NetworkReading?
    let figures: SocketFigures?
    let chain: LossChain?

    init(
        sockets: [Row], groups: [SocketGroup], reading: NetworkReading?, figures: SocketFigures?,
        chain: LossChain?
    ) {
        self.sockets = sockets
        self.groups = groups
        self.reading = reading
        self.figures = figures
        self.chain = chain
    }

    func groupRows(filter: String) -> [Row] {
        let search = TextFilter(filter)
        return groups.indices.filter { search.matches(name(of: groups[$0].id)) }
            .map { Row(id: .socketGroup(groups[$0].id), index: $0) }
    }

    func routeRows(filter: String) -> [Row] {
        let search = TextFilter(filter)
        let routes = reading?.routes?.routes ?? []
        let texts = RouteFields.table.fields.filter(\.alignment.isText)
        return routes.indices.filter { index in
            let row = RouteRow(routes[index], at: index, interfaces: reading?.interfaces ?? [])
            return texts.contains { search.matches($0.text(of: row)) }
        }.map { Row(id: .route($0), index: $0) }
    }

    /// In the order of the way; each stage with its parts below it.
    var lossRows: [Row] {
        (chain?.stages ?? []).enumerated().flatMap { index, stage in
            [Row(id: .stage(stage.id), index: index)]
                + stage.details.indices.map { part in
                    Row(
                        id: .part(stage.id, stage.details[part].name), index: index, part: part,
                        depth: 1)
                }
        }
    }

    func name(of group: SocketGroup.ID) -> String {
        switch group {
        case .state(let transport, let state): "\(transport.name) \(state.name(of: transport))"
        case .peer(let address): figures?.words.hostName(of: address) ?? address.description
        case .noPeer: "(no peer)"
        case .process(let process):
            "\(figures?.names.name(of: process) ?? "process") \(process.pid)"
        case .unknownProcess: "(process not known)"
        case .noProcess: "(no process any more)"
        }
    }
}

extension Route {
    /// "via 10.0.0.1 dev eth0".
    var wayText: String {
        let gateway = gateway.map { "via \($0) " } ?? ""
        return gateway + "dev \(interfaceName ?? "-")"
    }
}

extension LossChain.StageID {
    /// As the place is called on the screen.
    var name: String {
        switch self {
        case .nic: "nic"
        case .softnet: "softnet"
        case .ip: "ip"
        case .reassembly: "reasm"
        case .checksum: "csum"
        case .memory: "mem"
        case .socket: "socket"
        }
    }
}

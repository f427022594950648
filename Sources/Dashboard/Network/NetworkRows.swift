import Fields
import Diagnosis
import ProcSampling
import Units

/// The rows of lists of networks, and the figures of those that are not sockets.
struct NetworkRows {
    /// Sockets, in order.
    let sockets: [Row]
    let groups: [SocketGroup]
    let reading: NetworkReading?
    let figures: SocketFigures?
    let chain: LossChain?

    private var routes: [Route] { reading?.routes?.routes ?? [] }

    func groupRows(filter: String) -> [Row] {
        let search = TextFilter(filter)
        return groups.indices.filter { search.matches(name(of: groups[$0].id)) }
            .map { Row(id: .socketGroup(groups[$0].id), index: $0) }
    }

    func routeRows(filter: String) -> [Row] {
        let search = TextFilter(filter)
        return routes.indices.filter { index in
            let columns: [ColumnID] = [
                .destination, .gateway, .interface, .source, .routeKind, .origin, .table,
            ]
            return columns.contains { search.matches(text($0, of: routes[index])) }
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

    func text(_ column: ColumnID, of row: Row) -> String {
        switch row.id {
        case .socketGroup: text(column, of: groups[row.index])
        case .route: text(column, of: routes[row.index])
        case .stage, .part: lossText(column, of: row)
        default: ""
        }
    }

    func key(_ column: ColumnID, of row: Row) -> SortKey? {
        switch row.id {
        case .socketGroup: key(column, of: groups[row.index])
        case .route: key(column, of: routes[row.index], at: row.index)
        default: nil
        }
    }

    // MARK: Groups

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

    private func text(_ column: ColumnID, of group: SocketGroup) -> String {
        func count(_ value: Int) -> String { value == 0 ? "" : "\(value)" }
        return switch column {
        case .count: "\(group.count)"
        case .group: name(of: group.id)
        case .established: count(group.established)
        case .listening: count(group.listening)
        case .closeWait: count(group.closeWait)
        case .timeWait: count(group.timeWait)
        case .receiveQueue: ByteCount(group.receiveQueue).text
        case .sendQueue: ByteCount(group.sendQueue).text
        case .retransmits: group.retransmits.map { Rate(Double($0)).text } ?? ""
        case .drops: group.drops.map { Rate(Double($0)).text } ?? ""
        default: ""
        }
    }

    private func key(_ column: ColumnID, of group: SocketGroup) -> SortKey? {
        switch column {
        case .count: .number(Double(group.count))
        case .group: .text(name(of: group.id))
        case .established: .number(Double(group.established))
        case .listening: .number(Double(group.listening))
        case .closeWait: .number(Double(group.closeWait))
        case .timeWait: .number(Double(group.timeWait))
        case .receiveQueue: .number(Double(group.receiveQueue))
        case .sendQueue: .number(Double(group.sendQueue))
        case .retransmits: group.retransmits.map { .number(Double($0)) }
        case .drops: group.drops.map { .number(Double($0)) }
        default: nil
        }
    }

    // MARK: Routes

    private func text(_ column: ColumnID, of route: Route) -> String {
        switch column {
        case .destination: route.destinationText
        case .gateway: route.gateway.map { "\($0)" } ?? "-"
        case .interface: route.interfaceName ?? route.interface.map { "if\($0)" } ?? "-"
        case .source: route.source.map { "\($0)" } ?? ""
        case .metric: route.metric.map { "\($0)" } ?? ""
        case .mtu: mtu(of: route).map { "\($0)" } ?? ""
        case .routeKind: route.kind
        case .origin: route.origin
        case .table: Self.tableName(route.table)
        default: ""
        }
    }

    private func mtu(of route: Route) -> UInt32? {
        route.mtu ?? reading?.interfaces.first { $0.id == route.interface }?.mtu
    }

    private func key(_ column: ColumnID, of route: Route, at index: Int) -> SortKey? {
        switch column {
        case .metric: route.metric.map { .number(Double($0)) }
        case .mtu: mtu(of: route).map { .number(Double($0)) }
        // As the reading has them: main first, the most specific first.
        case .table: .number(Double(-index))
        default: .text(text(column, of: route))
        }
    }

    /// As in `/etc/iproute2/rt_tables`.
    private static func tableName(_ table: UInt32) -> String {
        switch table {
        case 253: "default"
        case 254: "main"
        case 255: "local"
        default: "\(table)"
        }
    }

    // MARK: Losses

    private func lossText(_ column: ColumnID, of row: Row) -> String {
        guard let stage = chain?.stages[row.index] else { return "" }
        let part = row.part.map { stage.details[$0] }
        let lost = part.map(\.lost) ?? stage.lost
        return switch column {
        case .stage: part?.name ?? stage.id.name
        case .dropRate: (lost?.rate).text
        case .sinceStart: lost.map { "\($0.sinceStart)" } ?? "-"
        case .drops: lost.map { "\($0.total)" } ?? "-"
        case .remark: part?.text ?? ""
        default: ""
        }
    }
}

extension Route {
    /// "default", "10.0.0.0/24", "2001:db8::/32".
    var destinationText: String {
        guard let destination else { return isV6 ? "default (v6)" : "default" }
        let isHost = prefixLength == (isV6 ? 128 : 32)
        return isHost ? "\(destination)" : "\(destination)/\(prefixLength)"
    }

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

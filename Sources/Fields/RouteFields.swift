package import Samples
internal import Units

/// A row of the routing tables.
package struct RouteRow: FieldRow {
    package let route: Route
    /// Its place in the reading: main first, the most specific first.
    let place: Int
    private let interfaces: [InterfaceSample]

    package init(_ route: Route, at place: Int, interfaces: [InterfaceSample]) {
        self.route = route
        self.place = place
        self.interfaces = interfaces
    }

    package static var fadesZeros: Bool { true }

    /// Of the route, else of the interface.
    var mtu: UInt32? {
        route.mtu ?? interfaces.first { $0.id == route.interface }?.mtu
    }
}

/// The fields of routes.
package final class RouteFields: Sendable {
    package static let declared = RouteFields()
    package static let table = FieldTable<RouteRow>(of: declared)

    package typealias Field = Fields.Field<RouteRow>

    package let destination = Field(
        "destination", "DESTINATION", .flexible(minimum: 18), .text, json: .named("destination"),
        help: "addresses that take this route", value: { .text($0.route.destinationText) })

    package let gateway = Field(
        "gateway", "GATEWAY", .flexible(minimum: 13), .text, json: .named("gateway"),
        help: "the next router; - its peers are on the link",
        value: { FieldValue($0.route.gateway.map { "\($0)" }) })

    package let interface = Field(
        "interface", "DEV", .fixed(10), .text, json: .named("interface"),
        help: "the interface it leaves by",
        value: { row in
            FieldValue(row.route.interfaceName ?? row.route.interface.map { "if\($0)" })
        })

    package let mtu = Field(
        "mtu", "MTU", .fixed(6), json: .named("mtu_bytes"),
        help: "largest packet: of the route, else of the interface",
        value: { $0.mtu.map { .count(UInt64($0)) } ?? .inapplicable })

    package let metric = Field(
        "metric", "METRIC", .fixed(6), json: .named("metric"),
        help: "of several, the lowest is taken",
        value: { $0.route.metric.map { .count(UInt64($0)) } ?? .inapplicable })

    package let source = Field(
        "source", "SRC", .fixed(14), .text, json: .named("source"),
        help: "the address that it is sent from",
        value: { $0.route.source.map { .text("\($0)") } ?? .inapplicable })

    package let kind = Field(
        "kind", "TYPE", .fixed(9), .text, json: .named("type"),
        help: "unicast, blackhole, local ...", value: { .text($0.route.kind) })

    package let origin = Field(
        "origin", "FROM", .fixed(7), .text, json: .named("protocol"),
        help: "who made it: kernel, static, dhcp ...", value: { .text($0.route.origin) })

    package let table = Field(
        .table, "TABLE", .fixed(6), .text, json: .named("table"),
        help: "which routing table", value: { .text($0.route.tableName) },
        key: { .number(Double($0.place)) })
}

extension Route {
    /// "default", "10.0.0.0/24", "2001:db8::/32".
    package var destinationText: String {
        guard let destination else { return isV6 ? "default (v6)" : "default" }
        let isHost = prefixLength == (isV6 ? 128 : 32)
        return isHost ? "\(destination)" : "\(destination)/\(prefixLength)"
    }

    /// As in `/etc/iproute2/rt_tables`.
    fileprivate var tableName: String {
        switch table {
        case 253: "default"
        case 254: "main"
        case 255: "local"
        default: "\(table)"
        }
    }
}

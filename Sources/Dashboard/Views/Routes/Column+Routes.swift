import Fields

/// The columns of routes.
extension Column {
    static let routeColumns = {
        let fields = RouteFields.declared
        return [
            Column(fields.destination, priority: 0),
            Column(fields.gateway, priority: 1),
            Column(fields.interface, priority: 2),
            Column(fields.mtu, priority: 3),
            Column(fields.metric, priority: 5),
            Column(fields.source, priority: 6),
            Column(fields.kind, priority: 4),
            Column(fields.origin, priority: 7),
            Column(fields.table, priority: 8),
        ]
    }()
}

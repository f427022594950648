/// How many sockets there are of each transport.
public struct SocketCounts: Hashable, Codable, Sendable {
    /// By `Transport.rawValue`.
    private var counts = SIMD8<Int32>()

    public init() {}

    public init(_ sockets: [SocketSample]) {
        // In place: there may be tens of thousands.
        for index in sockets.indices { counts[Int(sockets[index].transport.rawValue)] += 1 }
    }

    public var total: Int { self[.all] }

    /// Those of some tables; of TCP all, whatever their state.
    public subscript(tables: SocketTables) -> Int {
        Transport.allCases.reduce(0) { sum, transport in
            tables.isDisjoint(with: transport.table)
                ? sum : sum + Int(counts[Int(transport.rawValue)])
        }
    }
}

/// How many sockets there are, by the tables of the kernel.
public struct SocketCounts: Hashable, Codable, Sendable {
    private var tcp = 0
    private var udp = 0
    private var raw = 0
    private var unix = 0
    private var packet = 0

    public init() {}

    public init(_ sockets: [SocketSample]) {
        // In place: there may be tens of thousands.
        for index in sockets.indices {
            switch sockets[index].transport {
            case .tcp: tcp += 1
            case .udp: udp += 1
            case .raw: raw += 1
            case .unixStream, .unixDatagram, .unixSequenced: unix += 1
            case .packet: packet += 1
            }
        }
    }

    public var total: Int { self[.all] }

    /// Those of some tables; of TCP all, whatever their state.
    public subscript(tables: SocketTables) -> Int {
        func count(_ table: SocketTables, _ count: Int) -> Int {
            tables.isDisjoint(with: table) ? 0 : count
        }
        return count(.tcp, tcp) + count(.udp, udp) + count(.raw, raw) + count(.unix, unix)
            + count(.packet, packet)
    }
}

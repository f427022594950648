import Fields
import Samples
import Units

/// The fields of groups of sockets.
final class SocketGroupFields: Sendable {
    static let declared = SocketGroupFields()
    static let table = FieldTable<SocketGroupRow>(of: declared)

    typealias Field = Fields.Field<SocketGroupRow>

    let count = Field(
        .count, "COUNT", .fixed(6), json: .named("sockets"), help: "sockets of this group",
        value: { .count(UInt64($0.group.count)) })

    let group = Field(
        "group", "GROUP", .flexible(minimum: 18), .text, json: .named("group"),
        help: "the state, the peer's address or the process they have in common",
        value: { .text($0.name) })

    let established = counter(
        "established", "ESTAB", json: "established", help: "of them, connected",
        count: { $0.established })

    let listening = counter(
        "listening", "LISTEN", json: "listening", help: "of them, waiting for connections",
        count: { $0.listening })

    let closeWait = counter(
        "closeWait", "CLOSEW", json: "close_wait",
        help: "of them in CLOSE_WAIT: peer gone, not closed", emphasis: .warning,
        count: { $0.closeWait })

    let timeWait = counter(
        "timeWait", "TIMEW", json: "time_wait", help: "of them in TIME_WAIT",
        count: { $0.timeWait })

    let receiveQueue = Field(
        .receiveQueue, "RXQ", .fixed(6), json: .named("receive_queue_bytes"),
        help: "bytes not read yet, together",
        value: { .bytes(ByteCount($0.group.receiveQueue)) })

    let sendQueue = Field(
        "sendQueue", "TXQ", .fixed(6), json: .named("send_queue_bytes"),
        help: "bytes not acknowledged, together",
        value: { .bytes(ByteCount($0.group.sendQueue)) })

    let retransmits = total(
        .retransmits, "RETR", json: "retransmits_total", help: "segments sent again, together",
        count: { $0.retransmits })

    let drops = total(
        "drops", "DROPS", json: "drops_total", help: "dropped, together", count: { $0.drops })

    /// How many of a group's sockets are in a state: nothing where none is.
    private static func counter(
        _ id: FieldID, _ title: String, json: String, help: String, emphasis: Emphasis? = nil,
        count: @escaping @Sendable (SocketGroup) -> Int
    ) -> Field {
        Field(
            id, title, .fixed(6), json: .named(json), help: help,
            value: { .count(UInt64(count($0.group))) },
            shown: { count($0.group) == 0 ? .inapplicable : .count(UInt64(count($0.group))) },
            key: { .number(Double(count($0.group))) },
            emphasis: { _ in emphasis })
    }

    /// A count in four characters; nothing where none of the sockets counts it.
    private static func total(
        _ id: FieldID, _ title: String, json: String, help: String,
        count: @escaping @Sendable (SocketGroup) -> UInt64?
    ) -> Field {
        Field(
            id, title, .fixed(6), json: .named(json), help: help,
            value: { count($0.group).map(FieldValue.total) ?? .inapplicable },
            shown: { row in
                count(row.group).map { .rate(Rate(Double($0))) } ?? .inapplicable
            })
    }
}

/// A row of groups of sockets.
struct SocketGroupRow: FieldRow {
    let group: SocketGroup
    private let rows: NetworkRows

    static var fadesZeros: Bool { true }

    var name: String { rows.name(of: group.id) }
}

extension SocketGroupRow: ListRow {
    init?(_ row: Row, in contexts: RowContexts) {
        guard let rows = contexts.network, rows.groups.indices.contains(row.index) else {
            return nil
        }
        (group, self.rows) = (rows.groups[row.index], rows)
    }
}

/// Which field of a row type: "cpu", "localAddress". Only fields that other code names (a default
/// sort column, a key) have a constant.
package struct FieldID: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let name: String

    package init(_ name: String) { self.name = name }
    package init(stringLiteral name: String) { self.name = name }

    package var description: String { name }
}

/// Those that keys and views name.
extension FieldID {
    package static let cpu: Self = "cpu"
    package static let hottest: Self = "hottest"
    package static let time: Self = "time"
    package static let resident: Self = "resident"
    package static let anonymous: Self = "anonymous"
    package static let fiveMinuteChange: Self = "fiveMinuteChange"
    package static let hourChange: Self = "hourChange"
    package static let dayChange: Self = "dayChange"
    package static let rate: Self = "rate"
    package static let curve: Self = "curve"
    package static let activity: Self = "activity"

    package static let local: Self = "local"
    package static let peer: Self = "peer"
    package static let age: Self = "age"
    package static let receiveQueue: Self = "receiveQueue"
    package static let retransmits: Self = "retransmits"
    package static let dropRate: Self = "dropRate"
    package static let count: Self = "count"
    package static let table: Self = "table"
}

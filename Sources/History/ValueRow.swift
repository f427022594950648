/// A row that is kept as it is.
package struct ValueRow<Subject: Hashable & Sendable, Value: Equatable & Sendable>: RecordedRow {
    package typealias Detail = Int
    package var value: Value

    package init(_ value: Value) { self.value = value }
}

extension RowLog {
    /// Records a moment of values.
    ///
    /// - Parameter again: as `begin(again:)` says.
    package mutating func record<Subject, Value>(
        _ values: some Sequence<(Subject, Value)>, again: Bool = false,
        rank: (Value) -> Float = { _ in 1 }
    ) where Row == ValueRow<Subject, Value> {
        begin(again: again)
        for (subject, value) in values {
            let place = place(of: subject)
            if let place, row(at: place)?.value == value {
                keep(place)
            } else {
                offer(ValueRow(value), of: subject, at: place, rank: rank(value))
            }
        }
        finish()
    }
}

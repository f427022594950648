/// Puts rows in order by one field.
package enum SortKey: Comparable, Hashable, Sendable {
    case number(Double)
    case text(String)

    /// In the order in which a person wants to see them: the largest figure first, words from a
    /// to z; what is not known last, whichever way round.
    package static func precedes(_ a: SortKey?, _ b: SortKey?, reversed: Bool) -> Bool {
        switch (a, b) {
        case (nil, _): false
        case (_?, nil): true
        case (.number(let a)?, .number(let b)?): reversed ? a < b : a > b
        case (let a?, let b?): reversed ? a > b : a < b
        }
    }
}

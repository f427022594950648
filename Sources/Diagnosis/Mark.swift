/// How a resource does: the "ok" that exonerates it, or a reason to investigate.
package enum Mark: Int, Hashable, Comparable, Sendable {
    case ok
    case warning
    case critical

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A mark with the figure that earned it, for people: "psi memory 14% of the last 10 s".
package struct Verdict: Hashable, Sendable {
    package var mark: Mark
    /// Empty when all is well.
    package var reason: String

    package static let ok = Verdict(mark: .ok, reason: "")

    package init(mark: Mark, reason: String) {
        self.mark = mark
        self.reason = reason
    }
}

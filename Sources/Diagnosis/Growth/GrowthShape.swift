/// How a memory curve runs. A curve that fits none of these has no verdict, which is nil.
package enum GrowthShape: String, Hashable, Sendable, CaseIterable {
    /// Rises at one rate throughout.
    case linear
    /// Rose, and has levelled off.
    case plateau
    /// One jump, up or down, between two levels.
    case step
    /// Rises and falls fast, again and again. A random walk looks like one.
    case sawtooth
    /// A sawtooth whose troughs rise: each time less is given back.
    case risingFloor = "rising_floor"
    /// Hardly changes.
    case flat

    /// For people: "rising floor".
    package var text: String { self == .risingFloor ? "rising floor" : rawValue }

    /// For a column of eight.
    package var shortText: String { self == .risingFloor ? "rising" : text }

    /// Whether it will go on until it meets a limit, as far as anyone can tell.
    package var isUnbounded: Bool { self == .linear || self == .risingFloor }
}

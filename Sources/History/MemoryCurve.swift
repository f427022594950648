public import Units

/// A stretch of a memory curve, as evenly spaced points.
public struct MemoryCurve: Sendable, Equatable {
    /// Bytes, oldest first; nil where nothing is known: before the recording, in a gap, after the
    /// end. Each point is the last value in its share of the time.
    public var values: [Double?]
    /// The time from one point to the next.
    public var step: Duration
    /// When the last point's share ends, on the clock of `Snapshot.moment`.
    public var end: Nanoseconds
    /// Indices of points at which a new process takes over from one with the same command that
    /// ended, ascending.
    public var restarts: [Int]

    public init(
        values: [Double?], step: Duration, end: Nanoseconds, restarts: [Int] = []
    ) {
        self.values = values
        self.step = step
        self.end = end
        self.restarts = restarts
    }
}

internal import Units

/// The clocks that a sampler goes by: the kernel's, or in a test one that the test moves on, so that
/// rates need no waiting.
///
/// Lanes, which have deadlines for reads that hang, go by the kernel's own.
struct SampleClock: Sendable {
    /// Rates are over differences of it.
    var instant: @Sendable () -> Instant
    /// Of `Snapshot.moment`.
    var sinceBoot: @Sendable () -> Nanoseconds
    /// Of `Snapshot.time`.
    var wallTime: @Sendable () -> WallTime

    var now: Instant { instant() }

    static let kernel = SampleClock(
        instant: { .now }, sinceBoot: { .sinceBoot }, wallTime: { .now })
}

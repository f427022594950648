internal import ProcFormats
package import Units

/// From two readings of a counter to a rate. All pure.
package enum Rates {
    /// Whether a time is long enough for a rate: over less than this, the steps in which the kernel
    /// counts (up to 10 ms) would be all there is to see.
    @inlinable
    package static func isMeasurable(_ elapsed: Nanoseconds) -> Bool {
        elapsed.rawValue >= 40_000_000
    }

    /// How far a counter came; nil where it went back, since nobody knows by how much. One that seems
    /// to have come further than half of all it can count went back, too, or shows no count at all.
    @inlinable
    package static func change(from old: UInt64, to new: UInt64) -> UInt64? {
        new >= old && new - old <= UInt64.max / 2 ? new - old : nil
    }

    /// The same of a counter of 32 bits, which comes round.
    @inlinable
    package static func change(from old: UInt32, to new: UInt32) -> UInt32? {
        new &- old <= UInt32.max / 2 ? new &- old : nil
    }

    /// The same of a time; see `change` of a counter.
    @inlinable
    package static func change(from old: Nanoseconds, to new: Nanoseconds) -> Nanoseconds? {
        change(from: old.rawValue, to: new.rawValue).map { Nanoseconds($0) }
    }

    /// The rate of a counter; nil where it is not known at both readings, or went back.
    @inlinable
    package static func perSecond(
        from old: UInt64?, to new: UInt64?, in elapsed: Nanoseconds
    ) -> Rate? {
        guard let old, let new, let change = change(from: old, to: new) else { return nil }
        return perSecond(change, in: elapsed)
    }

    /// A share of one CPU, or of the time; nil where the figures contradict each other, that is where
    /// far more was used than there was: readings a little apart explain a part of it only.
    ///
    /// A counter that moves in steps of `quantum` may show up to one step more than was used, so a
    /// thread is never shown above 100 % by more than that.
    @inlinable
    package static func share(
        of use: Nanoseconds, in elapsed: Nanoseconds, quantum: Nanoseconds
    ) -> Percent? {
        guard elapsed.rawValue > 0, use.seconds <= 4 * elapsed.seconds + 1 else { return nil }
        let limit = 1 + Double(quantum.rawValue) / Double(elapsed.rawValue)
        return Percent(100 * min(Double(use.rawValue) / Double(elapsed.rawValue), limit))
    }

    /// More than any kernel runs on (`CONFIG_NR_CPUS`).
    @inlinable
    static var mostCPUs: Double { 8192 }

    /// A share without a limit, for several threads together; nil for more than all CPUs have.
    @inlinable
    package static func sum(of use: Nanoseconds, in elapsed: Nanoseconds) -> Percent? {
        guard elapsed.rawValue > 0, use.seconds <= mostCPUs * (elapsed.seconds + 1) else {
            return nil
        }
        return Percent(100 * Double(use.rawValue) / Double(elapsed.rawValue))
    }

    @inlinable
    package static func perSecond(_ count: UInt64, in elapsed: Nanoseconds) -> Rate? {
        guard elapsed.rawValue > 0 else { return nil }
        return Rate(Double(count) / elapsed.seconds)
    }

    /// How a total splits into user and system time.
    ///
    /// The kernel itself samples user and system at its ticks and scales them to the precise sum
    /// (`cputime_adjust`), so only the ratio of the two is information: that of the ticks since the
    /// last reading, or while not one has come, that of the thread's whole life.
    package static func split(
        _ total: Percent, userTicks: UInt64, systemTicks: UInt64, lifetimeUser: ClockTicks,
        lifetimeSystem: ClockTicks
    ) -> (user: Percent, system: Percent) {
        var user = Double(userTicks)
        var all = user + Double(systemTicks)
        if all == 0 {
            user = Double(lifetimeUser.rawValue)
            all = user + Double(lifetimeSystem.rawValue)
        }
        // Not one tick in its life: the kernel calls that user time, too.
        let userShare = all == 0 ? 1 : user / all
        let userPercent = Percent(Float(Double(total.rawValue) * userShare))
        return (userPercent, Percent(total.rawValue - userPercent.rawValue))
    }
}

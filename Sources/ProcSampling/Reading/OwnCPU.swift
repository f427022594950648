internal import Units

/// What this program itself uses of a CPU, on average over the last 10 s: one refresh alone says
/// little, and a figure that changes with each costs bytes on every line that it is sent over.
struct OwnCPU {
    private struct Reading {
        var at: Instant
        var used: Nanoseconds
    }

    /// Oldest first; the first is as old as the average.
    private var readings: [Reading]
    private let clock: SampleClock

    private static let span = Nanoseconds(10_000_000_000)

    init(clock: SampleClock) {
        self.clock = clock
        readings = [Reading(at: clock.now, used: CPUTime.ofProcess)]
    }

    /// The share of one CPU until now; nil while the time is too short to tell.
    mutating func share() -> Percent? {
        let now = Reading(at: clock.now, used: CPUTime.ofProcess)
        let elapsed = now.at.since(readings[0].at)
        guard Rates.isMeasurable(elapsed) else { return nil }
        let share = Rates.sum(of: now.used.since(readings[0].used), in: elapsed)
        readings.append(now)
        while readings.count > 1, now.at.since(readings[1].at) >= Self.span {
            readings.removeFirst()
        }
        return share
    }
}

internal import Glibc
public import Units

/// What sampling has to know of the machine it runs on, taken once.
public struct Machine: Hashable, Sendable {
    /// Turns the kernel's ticks and pages into seconds and bytes.
    public var units: SystemInfo
    /// How far `schedstat` of a thread that runs right now may lag: one tick of the scheduler,
    /// which is the step of CLOCK_MONOTONIC_COARSE; `clock_getres(2)`.
    public var schedulerTick: Nanoseconds
    /// CPUs that are online: so many threads can run, and lag, at once.
    public var cpuCount: Int

    public init(units: SystemInfo, schedulerTick: Nanoseconds, cpuCount: Int) {
        self.units = units
        self.schedulerTick = schedulerTick
        self.cpuCount = cpuCount
    }

    /// The one this program runs on.
    public static let current: Machine = {
        var step = timespec()
        let isKnown = clock_getres(CLOCK_MONOTONIC_COARSE, &step) == 0
        return Machine(
            units: SystemInfo(
                pageSize: ByteCount(UInt64(sysconf(Int32(_SC_PAGESIZE)))),
                ticksPerSecond: UInt64(sysconf(Int32(_SC_CLK_TCK)))),
            // The slowest tick that Linux has, where the clock does not tell.
            schedulerTick: Nanoseconds(isKnown ? UInt64(step.tv_nsec) : 10_000_000),
            cpuCount: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }()

    /// One clock tick, the step in which `stat` counts time.
    @inlinable
    package var clockTick: Nanoseconds { units.nanoseconds(ClockTicks(1)) }

    @inlinable
    package func nanoseconds(_ ticks: ClockTicks) -> Nanoseconds { units.nanoseconds(ticks) }

    @inlinable
    package func bytes(_ pages: PageCount) -> ByteCount { units.bytes(pages) }
}

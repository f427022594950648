/// What turns the kernel's ticks and pages into seconds and bytes on one machine; `sysconf(3)`,
/// `_SC_PAGESIZE` and `_SC_CLK_TCK`. Always passed along, never looked up: figures of a recording
/// may come from another machine.
public struct SystemInfo: Hashable, Sendable {
    public let pageSize: ByteCount
    /// 100 on every Linux there is.
    public let ticksPerSecond: UInt64

    /// Neither may be zero.
    public init(pageSize: ByteCount, ticksPerSecond: UInt64 = 100) {
        precondition(pageSize.rawValue > 0 && ticksPerSecond > 0)
        self.pageSize = pageSize
        self.ticksPerSecond = ticksPerSecond
    }

    /// Time in nanoseconds; as large as fits where that is too much, which takes 584 years.
    public func nanoseconds(_ ticks: ClockTicks) -> Nanoseconds {
        let (whole, rest) = ticks.rawValue.quotientAndRemainder(dividingBy: ticksPerSecond)
        let (seconds, isOver) = whole.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isOverToo) = seconds.addingReportingOverflow(
            rest * 1_000_000_000 / ticksPerSecond)
        return Nanoseconds(isOver || isOverToo ? .max : sum)
    }

    /// Whole ticks of a time in nanoseconds, as the kernel counts them.
    public func ticks(_ time: Nanoseconds) -> ClockTicks {
        let (seconds, rest) = time.rawValue.quotientAndRemainder(dividingBy: 1_000_000_000)
        return ClockTicks(
            seconds &* ticksPerSecond &+ rest &* ticksPerSecond / 1_000_000_000)
    }

    /// Memory in bytes; as large as fits where that is too much.
    public func bytes(_ pages: PageCount) -> ByteCount {
        let (bytes, isOver) = pages.rawValue.multipliedReportingOverflow(by: pageSize.rawValue)
        return ByteCount(isOver ? .max : bytes)
    }
}

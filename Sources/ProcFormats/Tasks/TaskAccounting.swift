public import Units

/// What the kernel accounts to one thread, as it answers over netlink:
/// `Documentation/accounting/taskstats.rst`, `struct taskstats` of `include/uapi/linux/taskstats.h`,
/// which only ever grows at its end.
public struct TaskAccounting: Hashable, Sendable {
    public var thread: ThreadID
    /// Time on a CPU: `cpu_run_virtual_total`.
    public var runTime: Nanoseconds
    /// Time spent runnable, waiting for a CPU: `cpu_delay_total`.
    public var runDelay: Nanoseconds
    /// How often it was put on a CPU. Zero beside no run time: the kernel does not keep these figures.
    public var timeslices: UInt64
    /// Times it gave up the CPU to wait, and times the CPU was taken from it; since version 3.
    public var voluntarySwitches: UInt64
    public var involuntarySwitches: UInt64

    /// Finds the answer to `TASKSTATS_CMD_GET` in the payload of a message; nil where it is none, or
    /// of a version before 3.
    public init?(in bytes: Span<UInt8>, payload: Range<Int>) throws(ParseError) {
        var offset = payload.lowerBound + Self.genericHeaderLength
        while let outer = try NetlinkAttribute(
            nextIn: bytes, at: &offset, before: payload.upperBound)
        {
            guard outer.kind == Self.thread else { continue }
            var id: UInt32?
            var inner = outer.payload.lowerBound
            while let part = try NetlinkAttribute(
                nextIn: bytes, at: &inner, before: outer.payload.upperBound)
            {
                if part.kind == Self.number { id = part.number(in: bytes) }
                if part.kind == Self.statistics, let id {
                    self.init(ThreadID(Int32(truncatingIfNeeded: id)), part, bytes)
                    return
                }
            }
        }
        return nil
    }

    private init?(_ thread: ThreadID, _ part: NetlinkAttribute, _ bytes: Span<UInt8>) {
        func number(_ offset: Int) -> UInt64? { part.number(in: bytes, at: offset) }
        guard let slices = number(16), let delay = number(24), let time = number(72),
            let voluntary = number(272), let involuntary = number(280)
        else { return nil }
        self.thread = thread
        timeslices = slices
        runDelay = Nanoseconds(delay)
        runTime = Nanoseconds(time)
        voluntarySwitches = voluntary
        involuntarySwitches = involuntary
    }

    /// `struct genlmsghdr`.
    private static let genericHeaderLength = 4
    // TASKSTATS_TYPE_PID, TASKSTATS_TYPE_STATS, TASKSTATS_TYPE_AGGR_PID
    private static let number: UInt16 = 1
    private static let statistics: UInt16 = 3
    private static let thread: UInt16 = 4
}

extension NetlinkRequest {
    /// Asks what is accounted to a thread; `family` is the number that the kernel gave to it.
    public init(accountingOf thread: ThreadID, family: UInt16) {
        self.init(generic: family, command: 1)  // TASKSTATS_CMD_GET
        append(attribute: 1, UInt32(bitPattern: thread.rawValue).inMachineOrder)
    }

    /// Asks for the number of a family of generic netlink.
    public init(numberOfFamily name: String) {
        self.init(generic: 0x10, command: 3)  // GENL_ID_CTRL, CTRL_CMD_GETFAMILY
        append(attribute: 2, Array(name.utf8) + [0])
    }

    private init(generic family: UInt16, command: UInt8) {
        self.init(kind: family, isDump: false)
        append([command, 1, 0, 0])
    }
}

/// The answer to `NetlinkRequest.init(numberOfFamily:)`.
public enum GenericFamily {
    public static func number(
        in bytes: Span<UInt8>, payload: Range<Int>
    ) throws(ParseError) -> UInt16? {
        var offset = payload.lowerBound + 4
        while let attribute = try NetlinkAttribute(
            nextIn: bytes, at: &offset, before: payload.upperBound)
        {
            if attribute.kind == 1 { return attribute.number(in: bytes) }
        }
        return nil
    }
}

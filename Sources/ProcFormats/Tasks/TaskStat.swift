public import Units

/// `/proc/PID/task/TID/stat` (one thread) and `/proc/PID/stat` (all threads of a process, those
/// that ended included); `proc_pid_stat(5)`.
public struct TaskStat: Hashable, Codable, Sendable {
    /// Field 1: the thread's or the process's number.
    public var id: Int32
    /// Field 2: where the name stands in the bytes, without its parentheses; may hold any bytes.
    public var nameRange: Range<Int>
    /// Field 3.
    public var state: TaskState
    /// Field 4.
    public var parent: ProcessID
    /// Field 9: `PF_*` bits of the kernel.
    public var flags: UInt32
    /// Field 10: page faults that needed no disk.
    public var minorFaults: UInt64
    /// Field 12: page faults that loaded a page from a disk.
    public var majorFaults: UInt64
    /// Field 14 (utime): time in user mode.
    public var userTime: ClockTicks
    /// Field 15 (stime): time in the kernel.
    public var systemTime: ClockTicks
    /// Field 18: the kernel's priority; for real-time policies, minus one minus their priority.
    public var priority: Int
    /// Field 19: 19 (low) to -20 (high).
    public var nice: Int
    /// Field 20: threads of the process.
    public var threadCount: Int
    /// Field 22: ticks since boot.
    public var startTime: ClockTicks
    /// Field 23.
    public var virtualSize: ByteCount
    /// Field 24.
    public var residentSize: PageCount
    /// Field 28 (startstack): where the first thread's stack begins; 0 where that may not be known.
    public var stackStart: UInt64
    /// Field 39: the CPU it last ran on.
    public var processor: Int
    /// Field 40: 1 (low) to 99 (high); 0 for policies that are not real-time.
    public var realTimePriority: Int
    /// Field 41.
    public var policy: SchedulingPolicy

    /// Bit 0x00200000 (`PF_KTHREAD`) of `flags`.
    public var isKernelThread: Bool { flags & 0x0020_0000 != 0 }

    /// Parses one read of the file. Fields after 41 are not read: how many there are depends
    /// on the kernel.
    ///
    /// Allocates nothing: the name stays in `bytes`.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        id = try cursor.signed()
        try cursor.expect(.space)
        try cursor.expect(.openParenthesis)

        // A thread may name itself "a) R 1 (": only the last parenthesis is the kernel's.
        let nameStart = cursor.offset
        guard let nameEnd = cursor.lastOffset(of: .closeParenthesis) else {
            throw ParseError(.truncated, at: bytes.count)
        }
        nameRange = nameStart..<nameEnd
        cursor.offset = nameEnd + 1
        try cursor.expect(.space)

        state = TaskState(rawValue: try cursor.next()) ?? .unknown
        try cursor.expect(.space)
        parent = ProcessID(try cursor.signedField())
        try cursor.skipFields(4)  // pgrp, session, tty_nr, tpgid
        flags = try cursor.unsignedField()
        minorFaults = try cursor.unsignedField()
        try cursor.skipFields(1)  // cminflt
        majorFaults = try cursor.unsignedField()
        try cursor.skipFields(1)  // cmajflt
        userTime = ClockTicks(try cursor.unsignedField())
        systemTime = ClockTicks(try cursor.unsignedField())
        try cursor.skipFields(2)  // cutime, cstime
        priority = try cursor.signedField()
        nice = try cursor.signedField()
        threadCount = try cursor.signedField()
        try cursor.skipFields(1)  // itrealvalue
        startTime = ClockTicks(try cursor.unsignedField())
        virtualSize = ByteCount(try cursor.unsignedField())
        residentSize = PageCount(try cursor.unsignedField())
        try cursor.skipFields(3)  // rsslim, startcode, endcode
        stackStart = try cursor.unsignedField()
        try cursor.skipFields(10)  // kstkesp to exit_signal
        processor = try cursor.signedField()
        realTimePriority = try cursor.signedField()
        policy = SchedulingPolicy(number: try cursor.signedField())
    }
}

extension TaskStat {
    /// The name as text, from the bytes that were parsed; what is not UTF-8 becomes U+FFFD.
    public func name(in bytes: Span<UInt8>) -> String {
        bytes.text(in: nameRange)
    }

    /// Whether the bytes that were parsed hold exactly this name. Allocates nothing, so that a name
    /// decoded once can be kept while it stays the same. Never true of a name that needed repair.
    public func isNamed(_ name: String, in bytes: Span<UInt8>) -> Bool {
        guard name.utf8.count == nameRange.count else { return false }
        var index = nameRange.lowerBound
        for byte in name.utf8 {
            guard bytes[index] == byte else { return false }
            index += 1
        }
        return true
    }
}

extension ByteCursor {
    /// A number and the space after it.
    fileprivate mutating func unsignedField<Number: FixedWidthInteger & UnsignedInteger>()
        throws(ParseError) -> Number
    {
        let number = try unsigned(Number.self)
        try expect(.space)
        return number
    }

    fileprivate mutating func signedField<Number: FixedWidthInteger & SignedInteger>()
        throws(ParseError) -> Number
    {
        let number = try signed(Number.self)
        try expect(.space)
        return number
    }
}

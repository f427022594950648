public import Units

/// `/proc/PID/task/TID/stat` (one thread) and `/proc/PID/stat` (all threads of a process, those
/// that ended included); `proc_pid_stat(5)`. Without its number, its name and its start time it is
/// nobody's, and an error; of the others, those that do not parse are nil.
public struct TaskStat: ProcFormat, Hashable, Codable, Sendable {
    /// Field 1: the thread's or the process's number.
    public var id: Int32
    /// Field 2: where the name stands in the bytes, without its parentheses; may hold any bytes.
    public var nameRange: Range<Int>
    /// Field 3.
    public var state: TaskState
    /// Field 4.
    public var parent: ProcessID?
    /// Field 9: `PF_*` bits of the kernel.
    public var flags: UInt32?
    /// Field 10: page faults that needed no disk.
    public var minorFaults: UInt64?
    /// Field 12: page faults that loaded a page from a disk.
    public var majorFaults: UInt64?
    /// Field 14 (utime): time in user mode.
    public var userTime: ClockTicks?
    /// Field 15 (stime): time in the kernel.
    public var systemTime: ClockTicks?
    /// Fields 16 and 17 (cutime, cstime): of its children that ended and that it waited for, and of
    /// theirs; nil where half of it is not known.
    public var childrenTime: ClockTicks?
    /// Field 18: the kernel's priority; for real-time policies, minus one minus their priority.
    public var priority: Int?
    /// Field 19: 19 (low) to -20 (high).
    public var nice: Int?
    /// Field 20: threads of the process.
    public var threadCount: Int?
    /// Field 22: ticks since boot.
    public var startTime: ClockTicks
    /// Field 23.
    public var virtualSize: ByteCount?
    /// Field 24.
    public var residentSize: PageCount?
    /// Field 28 (startstack): where the first thread's stack begins; 0 where that may not be known.
    public var stackStart: UInt64?
    /// Field 39: the CPU it last ran on.
    public var processor: Int?
    /// Field 40: 1 (low) to 99 (high); 0 for policies that are not real-time.
    public var realTimePriority: Int?
    /// Field 41.
    public var policy: SchedulingPolicy?

    /// Bit 0x00200000 (`PF_KTHREAD`) of `flags`.
    public var isKernelThread: Bool { (flags ?? 0) & 0x0020_0000 != 0 }

    /// Time on a CPU; nil where half of it is not known.
    public var cpuTime: ClockTicks? {
        guard let userTime, let systemTime else { return nil }
        return userTime + systemTime
    }

    /// Parses one read of the file. Fields after 41 are not read: how many there are depends
    /// on the kernel.
    ///
    /// Allocates nothing: the name stays in `bytes`.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
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

        state = cursor.taskState(&faults)
        parent = cursor.signed("ppid", &faults).map { ProcessID($0) }
        cursor.passFields(5)  // what is left of ppid, pgrp, session, tty_nr, tpgid
        flags = cursor.numberField("flags", &faults)
        minorFaults = cursor.numberField("minflt", &faults)
        cursor.passFields(1)  // cminflt
        majorFaults = cursor.numberField("majflt", &faults)
        cursor.passFields(1)  // cmajflt
        userTime = cursor.numberField("utime", &faults).map { ClockTicks($0) }
        systemTime = cursor.numberField("stime", &faults).map { ClockTicks($0) }
        let childrenUser: UInt64? = cursor.numberField("cutime", &faults)
        let childrenSystem: UInt64? = cursor.numberField("cstime", &faults)
        if let childrenUser, let childrenSystem {
            childrenTime = ClockTicks(childrenUser) + ClockTicks(childrenSystem)
        }
        priority = cursor.signedField("priority", &faults)
        nice = cursor.signedField("nice", &faults)
        threadCount = cursor.signedField("num_threads", &faults)
        cursor.passFields(1)  // itrealvalue
        startTime = ClockTicks(try cursor.unsigned())
        try cursor.expect(.space)
        virtualSize = cursor.numberField("vsize", &faults).map { ByteCount($0) }
        residentSize = cursor.numberField("rss", &faults).map { PageCount($0) }
        cursor.passFields(3)  // rsslim, startcode, endcode
        stackStart = cursor.numberField("startstack", &faults)
        cursor.passFields(10)  // kstkesp to exit_signal
        processor = cursor.signedField("processor", &faults)
        realTimePriority = cursor.signedField("rt_priority", &faults)
        policy = cursor.signedField("policy", &faults).map { SchedulingPolicy(number: $0) }
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
    /// A letter and the space after it.
    fileprivate mutating func taskState(_ faults: inout FieldFaults) -> TaskState {
        let start = offset
        let letter = current
        passFields(1)
        guard let letter, offset == start + 2 else {
            faults.note("state", bytes, start..<max(start, offset - 1))
            return .unknown
        }
        return TaskState(rawValue: letter) ?? .unknown
    }

    /// A number and the space after it.
    @inline(__always)
    fileprivate mutating func numberField<Number: FixedWidthInteger & UnsignedInteger>(
        _ name: StaticString, _ faults: inout FieldFaults
    ) -> Number? {
        let number = unsigned(name, &faults, as: Number.self)
        passSpace()
        return number
    }

    @inline(__always)
    fileprivate mutating func signedField<Number: FixedWidthInteger & SignedInteger>(
        _ name: StaticString, _ faults: inout FieldFaults
    ) -> Number? {
        let number = signed(name, &faults, as: Number.self)
        passSpace()
        return number
    }
}

/// Where a thread is, from one read of `/proc/PID/task/TID/syscall`; `proc_pid_syscall(5)`.
public struct TaskSyscall: Hashable, Sendable {
    /// The system call it is blocked in, if it is in one.
    public var record: SystemCallRecord
    /// Where its program stands.
    public var pointer: StackPointer

    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        record = try SystemCallRecord(parsing: bytes)
        pointer = try StackPointer(parsing: bytes)
    }

    /// False in a 32-bit program on a 64-bit kernel, whose calls have other numbers; true where
    /// nothing tells.
    public var isNative: Bool { UserStack.isNative(pointer.address ?? 0) }
}

extension TaskStat {
    /// As `TaskSyscall.isNative`.
    public var isNative: Bool { UserStack.isNative(stackStart ?? 0) }
}

/// What an address on the stack of a program tells of it; 0 is that of no stack.
public enum UserStack {
    /// Every stack of a 32-bit program lies below 4 GiB, none of a 64-bit one does.
    public static func is32Bit(_ address: UInt64) -> Bool {
        address > 0 && address <= UInt64(UInt32.max)
    }

    static func isNative(_ address: UInt64) -> Bool {
        MemoryLayout<Int>.size == 4 || !is32Bit(address)
    }
}

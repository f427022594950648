/// `/proc/PID/task/TID/syscall`; `proc_pid_syscall(5)`.
public enum SystemCallRecord: Hashable, Codable, Sendable {
    /// Runnable: in user mode, in the kernel, or waiting for a CPU.
    case running
    /// Blocked in this call with these six argument registers. The number is of the task's own ABI:
    /// a 32-bit process has other numbers.
    case blocked(number: Int32, arguments: [UInt64])
    /// Blocked, but not in a system call: a page fault, a signal stop, a zombie, a kernel thread.
    case outside

    /// Parses one read of the file.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        if cursor.skip("running\n") {
            self = .running
            return
        }
        let number = try cursor.signed(Int32.self)
        var registers: [UInt64] = []
        let count = number < 0 ? 2 : 8
        registers.reserveCapacity(count)
        for _ in 0..<count {
            try cursor.expect(.space)
            registers.append(try cursor.hexadecimal())
        }
        try cursor.expect(.newline)

        // The last two are the stack pointer and the program counter. A kernel thread has neither,
        // and its zeros are not a `read` of descriptor 0.
        let isInUserProgram = registers.suffix(2).contains { $0 != 0 }
        self =
            number < 0 || !isInUserProgram
            ? .outside : .blocked(number: number, arguments: Array(registers.prefix(6)))
    }
}

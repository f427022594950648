/// Where a thread's stack stands, from `/proc/PID/task/TID/syscall`; `proc_pid_syscall(5)`.
public struct StackPointer: Hashable, Sendable {
    /// Nil while the thread runs or is ready to, and for kernel threads.
    public var address: UInt64?
    /// Where the program goes on: after the instruction that made the system call. Nil as `address`.
    public var instructionPointer: UInt64?

    /// Parses one read of the file: "running", or the stack pointer as the last field but one.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        if cursor.skip("running\n") { return }
        let number = try cursor.signed(Int32.self)
        try cursor.expect(.space)
        if number >= 0 { try cursor.skipFields(6) }
        let pointer = try cursor.hexadecimal()
        try cursor.expect(.space)
        let instruction = try cursor.hexadecimal()
        try cursor.expect(.newline)
        guard pointer != 0 else { return }
        address = pointer
        instructionPointer = instruction
    }
}

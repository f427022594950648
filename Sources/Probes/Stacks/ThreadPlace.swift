import ProcFormats
import ProcSampling

/// Where a thread is, from `/proc/PID/task/TID/syscall`; `proc_pid_syscall(5)`.
struct ThreadPlace: Hashable, Sendable {
    var record: SystemCallRecord
    var pointer: StackPointer

    init(parsing bytes: Span<UInt8>) throws(ParseError) {
        record = try SystemCallRecord(parsing: bytes)
        pointer = try StackPointer(parsing: bytes)
    }

    /// The system call it is blocked in, by its name; nil if it is in none.
    var call: String? {
        guard case .blocked(let number, _) = record else { return nil }
        // A 32-bit program has other numbers. Its stack lies below 4 GiB, where no 64-bit one does.
        if let address = pointer.address, address <= UInt64(UInt32.max) {
            return "32-bit call \(number)"
        }
        return SystemCallTable.name(of: number) ?? "system call \(number)"
    }
}

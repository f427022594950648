import ProcFormats
import Samples

extension TaskSyscall {
    /// The system call it is blocked in, by its name; nil if it is in none.
    var call: String? {
        guard case .blocked(let number, _) = record else { return nil }
        guard isNative else { return "32-bit call \(number)" }
        return SystemCallTable.name(of: number) ?? "system call \(number)"
    }
}

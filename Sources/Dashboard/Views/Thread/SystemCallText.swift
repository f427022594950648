import ProcSampling

/// A system call as a person writes it: "epoll_wait(epfd 5, events 0x7f2c, maxevents 64, timeout -1)".
struct SystemCallText {
    let text: String

    /// - Parameter name: nil where the number is of another ABI or not known: a 32-bit program's
    ///   calls have other numbers.
    init(number: Int32, name: String?, arguments registers: [UInt64]) {
        let arguments = SystemCallTable.arguments(of: name, registers).map { argument in
            argument.name.map { "\($0) \(argument.value)" } ?? argument.value
        }
        text = (name ?? "syscall \(number)") + "(" + arguments.joined(separator: ", ") + ")"
    }
}

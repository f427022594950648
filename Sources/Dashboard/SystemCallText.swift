import ProcSampling

/// A system call as a person writes it: "epoll_wait(epfd 5, events 0x7f2c, maxevents 64, timeout -1)".
struct SystemCallText {
    let text: String

    init(number: Int32, arguments registers: [UInt64]) {
        let name = SystemCallTable.name(of: number)
        let arguments = SystemCallTable.arguments(of: name, registers).map { argument in
            argument.name.map { "\($0) \(argument.value)" } ?? argument.value
        }
        text = (name ?? "syscall \(number)") + "(" + arguments.joined(separator: ", ") + ")"
    }
}

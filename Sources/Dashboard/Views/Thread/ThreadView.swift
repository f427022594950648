package import Units
import Samples
import Screen

extension Place {
    package static func thread(_ thread: ThreadIdentity, of process: ProcessIdentity) -> Place {
        Place(ThreadView(thread: thread, process: process))
    }
}

/// One thread in depth.
struct ThreadView: View {
    let thread: ThreadIdentity
    let process: ProcessIdentity

    func crumb(_ level: Level, _ state: State) -> String {
        let isBelowItsProcess = state.navigation.path.contains { $0.place == .threads(of: process) }
        let owner =
            isBelowItsProcess ? "" : "\(level.processName ?? "process") \(process.pid) > "
        return owner + "T\(thread.tid) \(level.threadName ?? "")"
    }

    var about: [String] {
        [
            "One thread in depth. CPU without switches and system calls is a loop in",
            "user mode: strace will show nothing (s); use a profile (p). Probe results of it",
            "stay here.",
        ]
    }

    var bindings: [Binding] {
        Keymap.profile + Keymap.calls + Keymap.tools + Keymap.probes + Keymap.curves
    }

    func subject(_ state: State) -> Subject? { .thread(thread, of: process) }

    func wish(_ interest: inout Interest, _ state: State) {
        interest.selectedThread = thread
        interest.shownThreads = [thread]
        interest.shownProcesses = [process]
    }

    func note(_ snapshot: Snapshot, in level: inout Level) {
        guard let owner = snapshot.process(process) else { return }
        level.processName = owner.name
        guard let thread = owner.threads.first(where: { $0.id == thread }) else { return }
        level.threadName = thread.name
        level.lastSeen = max(level.lastSeen ?? snapshot.sequence, snapshot.sequence)
    }

    func shellCommands(_ state: State) -> [ShellCommand] {
        let task = "\(process.pid)/task/\(thread.tid)"
        return [
            ShellCommand(
                "cat /proc/\(task)/syscall /proc/\(task)/wchan",
                shows: "the system call it is in (number, arguments), the wait channel"),
            ShellCommand("cat /proc/\(task)/stack", shows: "its kernel stack, as root"),
            ShellCommand("grep ctxt /proc/\(task)/status", shows: "its switches since it started"),
            ShellCommand(
                "pidstat -t -u -w -p \(process.pid) 1", shows: "CPU and switches each second"),
        ]
    }

    func open(_ state: inout State) -> [Effect] { [] }

    func draw(_ state: State, into surface: inout Surface, _ layout: Layout) {
        ThreadDetailView(state, thread: thread, process: process)
            .draw(into: &surface, in: layout.rows)
    }
}

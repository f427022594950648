import Probes
import ProcSampling

/// `y`: how one would see the same with the tools of any box.
extension State {
    func shellCommands() -> [ShellCommand] {
        switch place {
        case .overview:
            return findingCommands + [
                ShellCommand(command: "top -b -n 1 -o %CPU", shows: "processes by CPU"),
                ShellCommand(
                    command: "ps -eLo pid,tid,pcpu,comm --sort=-pcpu | head",
                    shows: "threads by CPU since they began"),
                ShellCommand(
                    command: "grep . /proc/pressure/*", shows: "what tasks wait for (PSI)"),
            ] + dxtopCommand("processes")
        case .threads(of: nil):
            return [
                ShellCommand(command: "top -H -b -n 1", shows: "threads by CPU"),
                ShellCommand(
                    command: "pidstat -t -u -w 1 1", shows: "CPU and switches of each thread"),
            ] + dxtopCommand("threads")
        case .threads(of: let process?):
            let pid = process.pid
            return [
                ShellCommand(command: "top -H -b -n 1 -p \(pid)", shows: "its threads by CPU"),
                ShellCommand(
                    command: "pidstat -t -u -w -p \(pid) 1 1",
                    shows: "CPU and switches of each thread"),
            ] + dxtopCommand("threads --pid \(pid)")
        case .thread(let thread, let process):
            let task = "/proc/\(process.pid)/task/\(thread.tid)"
            return [
                ShellCommand(
                    command: "cat \(task)/syscall \(task)/wchan",
                    shows: "the system call it is in (number, arguments), the wait channel"),
                ShellCommand(command: "cat \(task)/stack", shows: "its kernel stack, as root"),
                ShellCommand(
                    command: "grep ctxt \(task)/status", shows: "its switches since it began"),
                ShellCommand(
                    command: "pidstat -t -u -w -p \(process.pid) 1",
                    shows: "CPU and switches each second"),
            ]
        case .memory:
            let selected = selectedProcess.map {
                ShellCommand(
                    command: "grep -E 'RssAnon|VmSwap|VmHWM' /proc/\($0.pid)/status",
                    shows: "the selected process's memory, swap and peak")
            }
            return (selected.map { [$0] } ?? []) + [
                ShellCommand(
                    command: "ps -eo pid,rss,vsz,comm --sort=-rss | head",
                    shows: "processes by resident memory"),
                ShellCommand(
                    command: "grep -H VmSwap /proc/[0-9]*/status | sort -nrk2 | head",
                    shows: "processes by swap"),
                ShellCommand(command: "free -h", shows: "the machine's memory and swap"),
            ] + dxtopCommand("memory")
        case .mappings(let process):
            return [
                ShellCommand(
                    command: "cat /proc/\(process.pid)/smaps_rollup", shows: "its memory in sum"),
                ShellCommand(
                    command: "pmap -X \(process.pid) | sort -nrk7 | head -20",
                    shows: "its mappings, by resident memory"),
            ]
        case .sockets, .socketGroups:
            return [
                ShellCommand(
                    command: enter + "ss -anpie", shows: "all sockets with owners and figures"),
                ShellCommand(
                    command: enter + "ss -tan | awk '{ print $1 }' | sort | uniq -c",
                    shows: "TCP sockets by state"),
            ] + dxtopCommand("sockets" + inNamespace)
        case .socket(let id):
            let filter = socket(id).map { " | grep -w -A1 'ino:\($0.inode)'" } ?? ""
            return [
                ShellCommand(
                    command: enter + "ss -anpiem" + filter, shows: "this socket, as ss shows it")
            ]
        case .udp, .losses:
            return [
                ShellCommand(
                    command: enter + "ss -uanmpe",
                    shows: "UDP sockets: queue (r), buffer (rb), drops (d)"),
                ShellCommand(
                    command: enter + "nstat -asz 'Udp*' 'Ip*Reasm*'",
                    shows: "counters of UDP and of reassembly"),
                ShellCommand(
                    command: "cat /proc/net/softnet_stat",
                    shows: "a row for each CPU: processed, dropped, squeezed, in hexadecimal"),
                ShellCommand(command: enter + "ip -s -s link", shows: "losses of interfaces"),
            ] + dxtopCommand("udp" + inNamespace)
        case .routes:
            let way = network.routeTo.map {
                [
                    ShellCommand(
                        command: enter + "ip route get \($0)", shows: "the way to it, with its MTU")
                ]
            }
            return (way ?? []) + [
                ShellCommand(command: enter + "ip route show table all", shows: "version 4"),
                ShellCommand(command: enter + "ip -6 route show table all", shows: "version 6"),
            ]
        case .probe: return probe.map { [ProbeCommands.shell($0)] } ?? []
        case .tool:
            return (tool?.commands ?? []).map {
                ShellCommand(command: $0, shows: tool?.tool.title ?? "")
            }
        }
    }

    /// What comes before a command so that it runs in the namespace on show.
    private var enter: String {
        guard let namespace = shownNetwork?.namespace, !namespace.isOwn else { return "" }
        if let name = namespace.names.first { return "ip netns exec \(ToolCommand.quoted(name)) " }
        return namespace.process.map { "nsenter -t \($0.pid) -n " } ?? ""
    }

    private var inNamespace: String {
        guard let namespace = shownNetwork?.namespace, !namespace.isOwn else { return "" }
        if let name = namespace.names.first { return " --netns \(ToolCommand.quoted(name))" }
        return namespace.process.map { " --netns \($0.pid)" } ?? ""
    }

    private func dxtopCommand(_ view: String) -> [ShellCommand] {
        [ShellCommand(command: "dxtop watch \(view) --count 1", shows: "this view as text")]
    }
}

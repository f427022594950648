import ProcReading
import Samples

/// Something that a /proc tree may have or lack, and what that means for what dxtop shows.
struct TreeItem: Sendable {
    /// "wait for CPU".
    let subject: String
    let entry: TreeSurvey.Entry
    /// What must be in the file: a line that begins so.
    var line: StaticString?
    /// What it is for, and what is without it.
    let works: String
    let without: String
    /// The first kernel that has it; nil where all have.
    var since: String?
    /// What is without it is only worse, not gone.
    var isReplaced = false

    /// Of the machine, in the order in which they are shown.
    static let machine = [
        TreeItem(
            subject: "clock", entry: .host("uptime"),
            works: "rates, where it advances between samples",
            without: "no rates: the time between samples is not known"),
        TreeItem(
            subject: "CPU times", entry: .host("stat"), line: "cpu ",
            works: "CPU of the machine", without: "CPU of the machine is blank"),
        TreeItem(
            subject: "load", entry: .host("loadavg"), works: "the load average",
            without: "the load average is blank"),
        TreeItem(
            subject: "memory", entry: .host("meminfo"), line: "MemTotal:",
            works: "memory and swap of the machine", without: "MEM and SWAP are blank"),
        TreeItem(
            subject: "free memory", entry: .host("meminfo"), line: "MemAvailable:",
            works: "available memory (MemAvailable)", without: "available memory is blank",
            since: "3.14"),
        TreeItem(
            subject: "paging", entry: .host("vmstat"), line: "pswpin ",
            works: "pages swapped and read from disks (vmstat)",
            without: "SWAP and DISK have no rates, and thrashing is not found"),
        TreeItem(
            subject: "disks", entry: .host("diskstats"), works: "what each block device does",
            without: "the view of disks is empty"),
        TreeItem(
            subject: "OOM kills", entry: .host("vmstat"), line: "oom_kill ",
            works: "counted since boot", without: "not counted",
            since: "4.13"),
        TreeItem(
            subject: "pressure", entry: .host("pressure/memory"),
            works: "how long tasks wait for CPU, memory, disks (PSI)",
            without: "psi is blank: resources are judged without it",
            since: "4.20, on some with psi=1 only"),
    ]

    /// Of processes and their threads.
    static let tasks = [
        TreeItem(
            subject: "command lines", entry: .process("cmdline"), works: "whole commands",
            without: "COMMAND shows names"),
        TreeItem(
            subject: "users", entry: .process("status"), line: "Uid:", works: "of every process",
            without: "USER is who owns the captured folder", isReplaced: true),
        TreeItem(
            subject: "anonymous memory", entry: .process("status"), line: "RssAnon:",
            works: "ANON, as the kernel counts it (RssAnon)",
            without: "ANON is what statm leaves, and blank where that counts nothing",
            since: "4.5", isReplaced: true),
        TreeItem(
            subject: "swapped memory", entry: .process("status"), line: "VmSwap:",
            works: "of every process (VmSwap)", without: "SWAP of processes is blank"),
        TreeItem(
            subject: "mappings", entry: .process("smaps"),
            works: "what memory is used for (smaps)", without: "no mappings are shown"),
        TreeItem(
            subject: "PSS", entry: .process("smaps_rollup"),
            works: "in one read (smaps_rollup)", without: "the sum of smaps, which takes longer",
            since: "4.14", isReplaced: true),
        TreeItem(
            subject: "limits", entry: .process("limits"), works: "of files and addresses",
            without: "FD is shown without its limit"),
        TreeItem(
            subject: "cgroups", entry: .process("cgroup"), works: "of every process",
            without: "which group a process is in is blank"),
        TreeItem(
            subject: "switches", entry: .thread("status"), line: "voluntary_ctxt_switches:",
            works: "of every thread", without: "VCS/s and NVCS/s are blank"),
        TreeItem(
            subject: "system calls", entry: .thread("syscall"),
            works: "the current system call of threads, with arguments",
            without: "WHERE shows the wait channel, if there is one", isReplaced: true),
        TreeItem(
            subject: "wait channels", entry: .thread("wchan"),
            works: "the kernel function that threads wait in", without: "WCHAN is blank"),
        TreeItem(
            subject: "kernel stacks", entry: .thread("stack"), works: "of any thread",
            without: "STACK is blank"),
    ]

    /// Of the network namespace of the first process.
    static let network = [
        TreeItem(
            subject: "TCP sockets", entry: .host("net/tcp"),
            works: "from /proc/net: no buffer sizes",
            without: "none is listed"),
        TreeItem(
            subject: "UDP sockets", entry: .host("net/udp"),
            works: "from /proc/net: no buffer sizes", without: "none is listed"),
        TreeItem(
            subject: "UNIX sockets", entry: .host("net/unix"),
            works: "from /proc/net: no buffer sizes", without: "none is listed"),
        TreeItem(
            subject: "interfaces", entry: .host("net/dev"), works: "their drops",
            without: "interface drops are blank"),
        TreeItem(
            subject: "backlogs", entry: .host("net/softnet_stat"),
            works: "packets dropped per CPU (softnet_stat)",
            without: "backlog drops are blank"),
    ]

    static let all = machine + tasks + network

    /// What is missing, in words: "no RssAnon in PID/status (since 4.5)".
    var reason: String {
        let file =
            switch entry {
            case .host(let name): "\(name)"
            case .process(let name): "PID/\(name)"
            case .thread(let name): "PID/task/TID/\(name)"
            }
        // Without the colon or the space that ends it in the file.
        let what = line.map { "no \("\($0)".dropLast()) in " } ?? "no "
        return what + file + (since.map { " (since \($0))" } ?? "")
    }
}

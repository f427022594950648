import Glibc

@testable import ProcSampling

/// A /proc tree made of files, whose processes the test moves on as it likes.
final class FakeTree {
    let path: String
    /// Seconds since boot, by the tree's own clock.
    private var uptime = 1000
    /// The clock of its samplers: it stands still while nobody moves it on.
    private let clock = MadeClock()

    init() {
        var template = Array("/tmp/dxtop-fake-proc-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress, let made = mkdtemp(start) else { return "" }
            return String(cString: made)
        }
        write("stat", Self.hostStat(busy: 100, idle: 900))
        advance(by: 0)
    }

    /// Moves the tree's clock on: where it stands still there are no rates.
    func advance(by seconds: Int = 1) {
        uptime += seconds
        write("uptime", "\(uptime).00 1800.00\n")
    }

    /// Lets time pass for samplers. Where the tree's own clock does not move on as well, it is a
    /// captured tree that stands still.
    func pass(_ duration: Duration = .milliseconds(50)) { clock.pass(duration) }

    /// A sampler of the tree.
    ///
    /// - Parameter clock: Nil for the tree's own, of which `pass` moves the time on.
    func sampler(
        clock: SampleClock? = nil, slowLane: SlowLane? = nil, threads: (any ThreadSource)? = nil,
        hierarchies: GroupHierarchies? = nil
    ) throws -> Sampler {
        Sampler(
            root: try ProcRoot(path: path), machine: .current,
            clock: clock ?? self.clock.sampleClock,
            slowLane: slowLane, threads: threads, hierarchies: hierarchies)
    }

    deinit { remove("") }

    static func hostStat(busy: Int, idle: Int, forks: Int = 10) -> String {
        """
        cpu  \(busy) 0 0 \(idle) 0 0 0 0 0 0
        cpu0 \(busy) 0 0 \(idle) 0 0 0 0 0 0
        ctxt 1000
        btime 1700000000
        processes \(forks)
        procs_running 1
        procs_blocked 0

        """
    }

    struct Task {
        var name = "task"
        var state = "S"
        var user = 0
        var system = 0
        var start = 500
        var minorFaults = 0
        /// Nil leaves the file out.
        var schedule: (run: Int, delay: Int)? = (0, 0)
        var voluntary = 0
        var involuntary = 0
    }

    /// Writes a process with these threads; the first one's number is the process's.
    func setProcess(_ pid: Int, _ threads: [(tid: Int, task: Task)]) {
        remove("\(pid)/task")
        let leader = threads.first?.task ?? Task()
        var all = leader
        all.user = threads.reduce(0) { $0 + $1.task.user }
        all.system = threads.reduce(0) { $0 + $1.task.system }
        write("\(pid)/stat", Self.stat(pid, all, threads.count))
        write("\(pid)/status", Self.status(leader))
        write("\(pid)/cmdline", "/usr/bin/\(leader.name)\0--run\0")
        for (tid, task) in threads {
            let directory = "\(pid)/task/\(tid)"
            write(directory + "/stat", Self.stat(tid, task, threads.count))
            write(directory + "/status", Self.status(task))
            write(
                directory + "/syscall",
                "0 0x3 0x7f00 0x10 0x0 0x0 0x0 0x7ffc00000000 0x7f1200000000\n")
            if let schedule = task.schedule {
                let slices = schedule.run == 0 ? 0 : 1
                write(directory + "/schedstat", "\(schedule.run) \(schedule.delay) \(slices)\n")
            }
        }
    }

    static func stat(_ id: Int, _ task: Task, _ threads: Int) -> String {
        "\(id) (\(task.name)) \(task.state) 1 1 1 0 -1 4194304 \(task.minorFaults) 0 0 0 "
            + "\(task.user) \(task.system) 0 0 20 0 \(threads) 0 \(task.start) 1000000 250 "
            + "18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
    }

    static func status(_ task: Task) -> String {
        """
        Name:\t\(task.name)
        Uid:\t1000\t1000\t1000\t1000
        VmRSS:\t    1000 kB
        RssAnon:\t     600 kB
        RssFile:\t     400 kB
        VmSwap:\t       0 kB
        Threads:\t1
        voluntary_ctxt_switches:\t\(task.voluntary)
        nonvoluntary_ctxt_switches:\t\(task.involuntary)

        """
    }

    func write(_ name: String, _ text: String) {
        write(name, Array(text.utf8))
    }

    func write(_ name: String, _ bytes: [UInt8]) {
        var directory = path
        for part in name.split(separator: "/").dropLast() {
            directory += "/" + part
            mkdir(directory, 0o755)
        }
        let descriptor = open(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        _ = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }

    /// A file's bytes, up to 64 KB; nil where there is none.
    func read(_ name: String) -> [UInt8]? {
        let descriptor = open(path + "/" + name, O_RDONLY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        return Array(bytes.prefix(max(count, 0)))
    }

    /// Removes a file or a folder with all in it.
    func remove(_ name: String) {
        let target = name.isEmpty ? path : path + "/" + name
        guard target.hasPrefix("/tmp/dxtop-fake-proc-") else { return }
        if let directory = opendir(target) {
            var names: [String] = []
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { names.append(name) }
            }
            closedir(directory)
            for entry in names { remove(name.isEmpty ? entry : name + "/" + entry) }
            rmdir(target)
        } else {
            unlink(target)
        }
    }
}

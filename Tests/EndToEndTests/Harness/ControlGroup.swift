import Glibc
import Synchronization

/// A control group of our own that limits memory or CPU time, removed when it is done with;
/// `cgroups(7)`.
struct ControlGroup {
    let path: String
    /// As `/proc/PID/cgroup` names it.
    let name: String
    private let limitFile: String
    private static let count = Atomic(0)

    /// Where the hierarchy is that limits memory: version 1 beside version 2, or version 2 alone.
    private static let memory = [
        (root: "/sys/fs/cgroup/memory", limit: "memory.limit_in_bytes"),
        (root: "/sys/fs/cgroup", limit: "memory.max"),
    ]
    /// The same of CPU time, for which a number is the quota in a period of 100 ms.
    private static let cpu = [
        (root: "/sys/fs/cgroup/cpu", limit: "cpu.cfs_quota_us"),
        (root: "/sys/fs/cgroup", limit: "cpu.max"),
    ]

    /// Whether this machine lets us make one.
    static var isAvailable: Bool {
        guard let group = try? ControlGroup(limit: 1 << 30) else { return false }
        group.remove()
        return true
    }

    /// Whether this machine lets us make one that limits CPU time.
    static var canLimitCPU: Bool {
        guard let group = try? ControlGroup(cpuShare: 1) else { return false }
        group.remove()
        return true
    }

    /// Limits memory, in bytes.
    init(limit: Int) throws { try self.init(Self.memory, limit) }

    /// Limits CPU time, as a share of one CPU.
    init(cpuShare: Double) throws { try self.init(Self.cpu, Int(cpuShare * 100_000)) }

    private init(_ hierarchies: [(root: String, limit: String)], _ limit: Int) throws {
        let number = Self.count.wrappingAdd(1, ordering: .relaxed).newValue
        for (root, file) in hierarchies where access("\(root)/cgroup.procs", W_OK) == 0 {
            let name = "/dxtop-test-\(getpid())-\(number)"
            let path = root + name
            guard mkdir(path, 0o755) == 0 else { continue }
            guard Self.write("\(limit)", to: "\(path)/\(file)") else {
                rmdir(path)
                continue
            }
            self.path = path
            self.name = name
            limitFile = file
            return
        }
        throw DeadlineMissed(description: "no control group can be made here")
    }

    /// Moves a process with all its threads in.
    func add(_ process: pid_t) throws {
        guard Self.write("\(process)", to: "\(path)/cgroup.procs") else {
            throw DeadlineMissed(description: "\(process) cannot be moved to \(path): \(errno)")
        }
    }

    /// Bytes in use now.
    var usage: Double? {
        let file = limitFile == "memory.max" ? "memory.current" : "memory.usage_in_bytes"
        return (try? contents(ofFile: "\(path)/\(file)")).flatMap {
            Double(String(decoding: $0, as: UTF8.self).filter(\.isNumber))
        }
    }

    /// Its processes must have ended; the kernel lets go of them a little later.
    func remove() {
        for _ in 0..<100 where rmdir(path) != 0 && errno == EBUSY { usleep(20_000) }
    }

    private static func write(_ text: String, to file: String) -> Bool {
        let descriptor = open(file, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count
    }
}

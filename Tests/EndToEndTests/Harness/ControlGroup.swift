import Glibc
import Synchronization

/// A memory control group of our own, removed when it is done with; `cgroups(7)`.
struct ControlGroup {
    let path: String
    private let limitFile: String
    private static let count = Atomic(0)

    /// Where the hierarchy is that limits memory: version 1 beside version 2, or version 2 alone.
    private static let hierarchies = [
        (root: "/sys/fs/cgroup/memory", limit: "memory.limit_in_bytes"),
        (root: "/sys/fs/cgroup", limit: "memory.max"),
    ]

    /// Whether this machine lets us make one.
    static var isAvailable: Bool {
        guard let group = try? ControlGroup(limit: 1 << 30) else { return false }
        group.remove()
        return true
    }

    init(limit: Int) throws {
        let number = Self.count.wrappingAdd(1, ordering: .relaxed).newValue
        for (root, file) in Self.hierarchies where access("\(root)/cgroup.procs", W_OK) == 0 {
            let path = "\(root)/dxtop-test-\(getpid())-\(number)"
            guard mkdir(path, 0o755) == 0 else { continue }
            guard Self.write("\(limit)", to: "\(path)/\(file)") else {
                rmdir(path)
                continue
            }
            self.path = path
            limitFile = file
            return
        }
        throw DeadlineMissed(description: "no memory control group can be made here")
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

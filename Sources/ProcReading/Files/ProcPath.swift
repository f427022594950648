package import Units

/// Names of files of this machine's own /proc, for what takes a path: to read a file of another tree,
/// see `ProcFile`.
package enum ProcPath {
    package static let root = "/proc"

    /// Of the whole machine: "/proc/kallsyms".
    package static func host(_ file: String) -> String { "/proc/" + file }

    /// Of this program: "/proc/self/mountinfo".
    package static func own(_ file: String) -> String { "/proc/self/" + file }

    /// Of the calling thread: "/proc/thread-self/status"; since 3.17.
    package static func ownThread(_ file: String) -> String { "/proc/thread-self/" + file }

    /// Of a process: "/proc/2214/maps", or its folder. A thread has the same files under its own
    /// number, also when the first thread has ended.
    package static func process(_ process: ProcessID, _ file: String = "") -> String {
        file.isEmpty ? "/proc/\(process)" : "/proc/\(process)/\(file)"
    }

    /// Of a thread: "/proc/2214/task/4127/stat", or its folder.
    package static func thread(
        _ thread: ThreadID, of process: ProcessID, _ file: String = ""
    ) -> String {
        self.process(process, file.isEmpty ? "task/\(thread)" : "task/\(thread)/\(file)")
    }
}

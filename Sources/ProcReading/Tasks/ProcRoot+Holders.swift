internal import Glibc
internal import ProcFormats
package import Units

/// A process that has something open.
package struct FileHolder: Hashable, Sendable {
    package var process: ProcessID
    package var descriptor: Int32
    package var mayRead: Bool
    package var mayWrite: Bool
}

extension ProcRoot {
    /// Who has open what the links in `/proc/PID/fd` call `name`, such as "pipe:[4711]": one
    /// descriptor for each process and way of opening. About 3 us for each open file of the machine,
    /// and only links are read; `proc_pid_fd(5)`.
    ///
    /// - Returns: whether all processes were searched in this time, and with the right to.
    package func holders(
        of name: String, within limit: Duration
    ) -> (found: [FileHolder], isComplete: Bool) {
        let reader = ProcReader(root: self)
        let deadline = ContinuousClock.now + limit
        var found: [FileHolder] = []
        var isComplete = true
        var processes: [Int32] = []
        var descriptors: [Int32] = []
        guard (try? reader.list(.host("."), into: &processes)) != nil else { return ([], false) }
        for number in processes {
            guard ContinuousClock.now < deadline else { return (found, false) }
            let process = ProcessID(number)
            do throws(ProcError) {
                try reader.list(.process(process, "fd"), into: &descriptors)
            } catch {
                if case .denied = error { isComplete = false }
                continue
            }
            var thread = ThreadID(number)
            // Of a first thread that has ended nothing is open.
            if descriptors.isEmpty, let other = threadBesideFirst(of: process) {
                thread = other
                try? reader.list(.thread(process, other, "fd"), into: &descriptors)
            }
            for descriptor in descriptors {
                let file = ProcFile.descriptor(process, thread, descriptor)
                guard link(file) == name, let way = accessWay(file) else { continue }
                let holder = FileHolder(
                    process: process, descriptor: descriptor, mayRead: way & S_IRUSR != 0,
                    mayWrite: way & S_IWUSR != 0)
                let isKnown = found.contains {
                    $0.process == process && $0.mayRead == holder.mayRead
                        && $0.mayWrite == holder.mayWrite
                }
                if !isKnown { found.append(holder) }
            }
        }
        return (found, isComplete)
    }

    /// The permissions of the link itself say how the file was opened.
    private func accessWay(_ file: ProcFile) -> mode_t? {
        var status = stat()
        let result = file.withCString {
            fstatat(descriptor, $0, &status, AT_SYMLINK_NOFOLLOW)
        }
        return result == 0 ? status.st_mode : nil
    }
}

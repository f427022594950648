internal import Glibc
package import ProcFormats
package import SystemPackage
package import Units

/// One process or thread of this machine, and what its files say of it: whether it is alive and still
/// the same, where it is, which threads it has. To read them neither stops it nor can it block.
///
/// For what is asked of one task now and then; `ThreadWalk` reads those of all.
package struct TaskHandle: Hashable, Sendable {
    package let process: ProcessID
    /// Nil for the process as a whole.
    package let thread: ThreadID?
    /// Nil for whoever has the number: it is not known yet.
    package let startTime: ClockTicks?

    package init(_ process: ProcessIdentity) {
        self.process = process.pid
        thread = nil
        startTime = process.startTime
    }

    package init(_ thread: ThreadIdentity, of process: ProcessID) {
        self.process = process
        self.thread = thread.tid
        startTime = thread.startTime
    }

    /// Whoever has this number now.
    package init(_ process: ProcessID) {
        self.process = process
        (thread, startTime) = (nil, nil)
    }

    /// Whoever has this number now.
    package init(_ thread: ThreadID, of process: ProcessID) {
        self.process = process
        self.thread = thread
        startTime = nil
    }

    // MARK: - Alive?

    /// `stat`, of whoever has the number now; nil when nobody has, or it may not be seen.
    package var stat: TaskStat? { namedStat?.stat }

    /// The same with the task's name, as the program wrote it.
    package var namedStat: (stat: TaskStat, name: [UInt8])? {
        guard let bytes = try? self.bytes("stat"), let stat = try? TaskStat(parsing: bytes.span)
        else { return nil }
        return (stat, Array(bytes[stat.nameRange]))
    }

    /// Its `stat` while it is alive and still the same; nil once it has ended, also while a zombie.
    /// A process lives on when its first thread has ended.
    package var livingStat: TaskStat? {
        guard let stat, stat.startTime == startTime ?? stat.startTime else { return nil }
        let hasEnded = stat.state == .zombie || stat.state == .dead
        return hasEnded && (thread != nil || (stat.threadCount ?? 1) <= 1) ? nil : stat
    }

    package var isAlive: Bool { livingStat != nil }

    /// The threads there are now, or the one.
    package var threads: [ThreadID] {
        thread.map { [$0] } ?? (try? ProcRoot().threads(of: process)) ?? []
    }

    // MARK: - Where is it?

    /// `syscall`. Needs the right to trace the thread.
    package func syscall() throws(Errno) -> TaskSyscall {
        try read("syscall") { bytes throws(ParseError) in try TaskSyscall(parsing: bytes) }
    }

    /// `wchan`: the function of the kernel it waits in; nil while it runs, and without the right to
    /// read it.
    package var waitChannel: String? {
        (try? bytes("wchan")).flatMap { WaitChannel(parsing: $0.span).function }
    }

    /// `stack`: functions of the kernel, innermost first. For root only.
    package func kernelStack() throws(Errno) -> KernelStack {
        try read("stack", as: KernelStack.self)
    }

    // MARK: - What else

    /// `status`; nil when it is gone.
    package var status: TaskStatus? {
        try? read("status", as: TaskStatus.self)
    }

    /// `schedstat`; nil on kernels that do not keep it.
    package var times: SchedStat? {
        let times = try? read("schedstat", as: SchedStat.self)
        return times?.timeslices == 0 ? nil : times
    }

    /// `comm`, as the program wrote it; nil when it is gone.
    package var name: [UInt8]? {
        (try? bytes("comm")).map { $0.last == UInt8(ascii: "\n") ? $0.dropLast() : $0 }
    }

    /// Its number in the pid namespace it is in, the innermost: the last of `NSpid` in `status`,
    /// since 4.1; the number it has here where the kernel does not tell. Nil when it is gone.
    package var innermostNumber: Int32? { innermost("NSpid") }

    /// The same of the process that a thread belongs to: the last of `NStgid`.
    package var innermostProcess: Int32? { innermost("NStgid") }

    /// Its number in its own pid namespace is the one it has here. False before 4.1, where the kernel does
    /// not tell.
    package var hasOurNumber: Bool {
        guard let bytes = try? bytes("status") else { return false }
        let numbers = value(of: "NSpid", in: String(decoding: bytes, as: UTF8.self))
        return numbers?.split(separator: "\t").map { Int32($0) } == [entry.rawValue]
    }

    private func innermost(_ field: String) -> Int32? {
        guard let bytes = try? bytes("status") else { return nil }
        let numbers = value(of: field, in: String(decoding: bytes, as: UTF8.self))
        guard let innermost = numbers?.split(separator: "\t").last else {
            return thread?.rawValue ?? process.rawValue
        }
        return Int32(innermost)
    }

    /// Where a symbolic link leads, such as that of a descriptor, "fd/7": "socket:[4711]",
    /// "/var/log/x". What it leads to is not touched.
    package func link(_ file: String) -> [UInt8]? {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(PATH_MAX)) { buffer in
            let count = buffer.withMemoryRebound(to: CChar.self) {
                $0.baseAddress.map { readlink(path(file), $0, buffer.count) } ?? -1
            }
            return count > 0 ? Array(buffer.prefix(count)) : nil
        }
    }

    // MARK: - Any file

    /// The number whose folder in /proc shows the files of this task: a thread has one, too, also
    /// when the first thread of its process has ended.
    package var entry: ProcessID { thread.map { ProcessID($0.rawValue) } ?? process }

    /// The same for files that tell of the whole process, as its memory, its mappings and its program:
    /// where its first thread has ended, they are empty but for a thread that goes on.
    package var processEntry: ProcessID {
        guard thread == nil, let stat, stat.state == .zombie, (stat.threadCount ?? 1) > 1,
            let other = try? ProcRoot().threadBesideFirst(of: process)
        else { return entry }
        return ProcessID(other.rawValue)
    }

    /// Opens a file to be read often; the caller closes it.
    package func open(_ file: String) throws(Errno) -> FileDescriptor {
        do {
            return try FileDescriptor.open(
                FilePath(path(file)), .readOnly, options: .closeOnExec)
        } catch {
            throw error as? Errno ?? .ioError
        }
    }

    package func path(_ file: String) -> String {
        thread.map { ProcPath.thread($0, of: process, file) } ?? ProcPath.process(process, file)
    }

    /// The first 16 KB.
    package func bytes(_ file: String) throws(Errno) -> [UInt8] { try smallFile(path(file)) }

    /// The same of a file whose fields are parsed each by itself; those that do not parse are nil.
    package func read<Format: ProcFormat>(
        _ file: String, as format: Format.Type
    ) throws(Errno) -> Format {
        try read(file) { bytes throws(ParseError) in try Format(parsing: bytes) }
    }

    /// - Throws: what reading failed with; `ioError` for what does not parse.
    package func read<Value>(
        _ file: String, _ parse: (Span<UInt8>) throws(ParseError) -> Value
    ) throws(Errno) -> Value {
        let bytes = try self.bytes(file)
        do throws(ParseError) {
            return try parse(bytes.span)
        } catch {
            throw .ioError
        }
    }
}

import Glibc
import ProcFormats
import ProcSampling
import SystemPackage
import Units

/// The files of one thread that tell where it is: to read them neither stops it nor can it block.
struct ThreadFiles {
    let process: ProcessID
    let thread: ThreadID
    private let folder: String

    init(_ thread: ThreadID, of process: ProcessID) {
        self.process = process
        self.thread = thread
        folder = "/proc/\(process)/task/\(thread)/"
    }

    /// `stat`, and the thread's name made fit to print; nil when it is gone.
    func stat() -> (stat: TaskStat, name: String)? {
        guard let bytes = try? smallFile(folder + "stat"),
            let stat = try? TaskStat(parsing: bytes.span)
        else { return nil }
        return (stat, HarmlessText.line(Array(bytes[stat.nameRange])))
    }

    /// `syscall`. Needs the right to trace the thread.
    func place() throws(Errno) -> ThreadPlace {
        try parsed("syscall") { bytes throws(ParseError) in try ThreadPlace(parsing: bytes) }
    }

    /// `schedstat`; nil on kernels that do not keep it.
    func times() -> SchedStat? {
        let times = try? parsed("schedstat") { bytes throws(ParseError) in
            try SchedStat(parsing: bytes)
        }
        return times?.timeslices == 0 ? nil : times
    }

    /// `wchan`; nil while it runs, and without the right to read it.
    func waitChannel() -> String? {
        (try? smallFile(folder + "wchan")).flatMap { WaitChannel(parsing: $0.span).function }
    }

    /// `stack`: functions of the kernel, innermost first, the way in left out. For root only.
    func kernelStack() throws(Errno) -> [String] {
        try parsed("stack") { bytes throws(ParseError) in
            try KernelStack(parsing: bytes).functions.map(\.withoutOffset)
                .filter { !Self.wayIn.contains($0) }
        }
    }

    /// What `fdinfo` tells of an open file.
    func descriptorInfo(_ descriptor: Int32) -> [UInt8]? {
        try? smallFile(folder + "fdinfo/\(descriptor)")
    }

    /// What an open file is, by its link in `fd`: "socket:[4711]", "/var/log/x".
    func link(_ descriptor: Int32) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let count = readlink(folder + "fd/\(descriptor)", start, buffer.count)
            guard count > 0 else { return nil }
            return HarmlessText.line(buffer.prefix(count).map { UInt8(bitPattern: $0) })
        }
    }

    private func parsed<Value>(
        _ name: String, _ parse: (Span<UInt8>) throws(ParseError) -> Value
    ) throws(Errno) -> Value {
        let bytes = try smallFile(folder + name)
        do throws(ParseError) {
            return try parse(bytes.span)
        } catch {
            throw .ioError
        }
    }

    /// Every system call comes through these.
    private static let wayIn: Set<String> = [
        "x64_sys_call", "do_syscall_64", "entry_SYSCALL_64", "entry_SYSCALL_64_after_hwframe",
        "do_el0_svc", "el0_svc", "el0_svc_common", "el0_svc_common.constprop.0",
        "invoke_syscall", "el0t_64_sync", "el0t_64_sync_handler",
    ]
}

extension String {
    /// "fn+0x60 [ext4]" is "fn [ext4]".
    fileprivate var withoutOffset: String {
        guard let plus = firstIndex(of: "+") else { return self }
        let module = self[plus...].firstIndex(of: " ") ?? endIndex
        return String(self[..<plus] + self[module...])
    }
}

extension Errno {
    /// The thread has ended.
    var isGone: Bool { self == .noSuchFileOrDirectory || self == .noSuchProcess }
}

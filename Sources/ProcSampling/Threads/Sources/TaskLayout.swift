internal import CLinux
internal import Glibc
internal import ProcFormats
internal import Synchronization
internal import SystemPackage

/// Where this kernel has what the task iterator tells of a task.
struct TaskLayout {
    let offsets: clinux_task_layout

    /// The running kernel's: read once, since that takes some milliseconds and it never changes.
    static func current() throws(ThreadSourceRefusal) -> TaskLayout {
        if let known = known.withLock({ $0 }) { return known }
        let layout = try TaskLayout(types: try types())
        known.withLock { $0 = layout }
        return layout
    }

    private static let known = Mutex<TaskLayout?>(nil)

    /// Takes every name that a field had since 5.8, when the kernel got the iterator.
    init(types: KernelTypes) throws(ThreadSourceRefusal) {
        func offset(_ names: String..., in structure: String = "task_struct")
            throws(ThreadSourceRefusal) -> Int16
        {
            let found = names.lazy.compactMap { types.offset(of: $0, in: structure) }.first
            guard let found, let offset = Int16(exactly: found) else {
                throw ThreadSourceRefusal("this kernel's \(structure) has no \(names[0])")
            }
            return offset
        }
        func inner(
            _ field: String, in part: String, of structure: String
        ) throws(ThreadSourceRefusal) -> Int16 {
            let (sum, isOver) = try offset(part).addingReportingOverflow(
                try offset(field, in: structure))
            guard !isOver else { throw ThreadSourceRefusal("\(structure) is out of bounds") }
            return sum
        }
        func offset(inProcess field: String) -> Int16? { try? offset(field, in: "signal_struct") }
        let process = try? offset("signal")
        let endedTime = offset(inProcess: "sum_sched_runtime")
        let threadCount = offset(inProcess: "nr_threads")
        let isKnown = process != nil && endedTime != nil && threadCount != nil
        guard let function = types.number(ofFunction: "bpf_iter_task") else {
            throw ThreadSourceRefusal("this kernel has no task iterator (before 5.8)")
        }
        offsets = clinux_task_layout(
            function: function, tid: try offset("pid"), tgid: try offset("tgid"),
            state: try offset("__state", "state"), exit_state: try offset("exit_state"),
            cpu: (try? inner("cpu", in: "thread_info", of: "thread_info"))
                ?? (try? offset("cpu")) ?? -1,
            user_time: try offset("utime"), system_time: try offset("stime"),
            shown_user_time: (try? inner("utime", in: "prev_cputime", of: "prev_cputime")) ?? -1,
            shown_system_time: (try? inner("stime", in: "prev_cputime", of: "prev_cputime")) ?? -1,
            run_time: try inner("sum_exec_runtime", in: "se", of: "sched_entity"),
            run_delay: try inner("run_delay", in: "sched_info", of: "sched_info"),
            last_arrival: try inner("last_arrival", in: "sched_info", of: "sched_info"),
            voluntary: try offset("nvcsw"), involuntary: try offset("nivcsw"),
            minor_faults: try offset("min_flt"), major_faults: try offset("maj_flt"),
            start_time: try offset("start_boottime", "real_start_time"), name: try offset("comm"),
            process: isKnown ? process ?? -1 : -1, ended_time: endedTime ?? -1,
            thread_count: threadCount ?? -1)
    }

    // MARK: The kernel's file

    private static let path = "/sys/kernel/btf/vmlinux"
    /// Some 5 MB are usual.
    private static let mostBytes = 64 << 20

    /// Reads the file into memory that is given back at once: malloc(3) might keep it.
    private static func types() throws(ThreadSourceRefusal) -> KernelTypes {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw ThreadSourceRefusal(Errno.current, "the kernel's types are not known, \(path)")
        }
        defer { close(file) }
        let size = lseek(file, 0, SEEK_END)
        guard size > 0, size <= mostBytes, lseek(file, 0, SEEK_SET) == 0,
            let memory = mmap(
                nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED
        else { throw ThreadSourceRefusal("\(path) cannot be read") }
        defer { munmap(memory, size) }
        var count = 0
        while count < size {
            let more = read(file, memory + count, size - count)
            guard more > 0 else { break }
            count += more
        }
        let bytes = UnsafeRawBufferPointer(start: memory, count: count)
        do throws(ParseError) {
            return try bytes.withMemoryRebound(to: UInt8.self) { bytes throws(ParseError) in
                try KernelTypes(
                    parsing: bytes.span,
                    structures: [
                        "task_struct", "thread_info", "prev_cputime", "sched_entity", "sched_info",
                        "signal_struct",
                    ],
                    functions: ["bpf_iter_task"])
            }
        } catch {
            throw ThreadSourceRefusal("\(path): \(error.reason) at byte \(error.offset)")
        }
    }
}

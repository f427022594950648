internal import ProcFormats
internal import Samples
internal import Units

/// The fields of processes. Among processes, threads show those that make sense for them.
package final class ProcessFields: Sendable {
    package static let declared = ProcessFields()
    package static let table = FieldTable<ProcessRow>(of: declared)

    package typealias Field = Fields.Field<ProcessRow>

    /// A figure that only processes have: threads among them show nothing and go with their process.
    private static func ofProcess(
        _ id: FieldID, _ title: String, _ width: Field.Width, json: Field.Export, metric: String,
        help: String, value: @escaping @Sendable (ProcessRow) -> FieldValue
    ) -> Field {
        Field(
            id, title, width, json: json, metric: metric, help: help,
            value: { $0.part == nil ? value($0) : .inapplicable },
            key: { value($0).key() })
    }

    // MARK: What it is

    package let pid = Field(
        "pid", "PID", .fixed(7), json: .named("pid"),
        help: "process id; of a thread among processes, its own",
        value: { row in
            guard row.context.namesThreads, let part = row.part else {
                return .number(Int64(row.process.id.pid.rawValue))
            }
            return .number(Int64(row.process.threads[part].id.tid.rawValue))
        })

    package let startTime = Field(
        "startTime", "START", .fixed(9), json: .named("start_time_ticks"),
        help: "when it started, in clock ticks since boot",
        value: { .number(Int64(clamping: $0.process.id.startTime.rawValue)) })

    package let parent = Field(
        "parent", "PPID", .fixed(7), json: .named("ppid"), help: "process id of its parent",
        value: { .number(Int64($0.process.parent.rawValue)) })

    package let user = Field(
        "user", "USER", .fixed(8), .text, json: .named("user"),
        help: "owner, by /etc/passwd",
        value: { FieldValue($0.process.user, in: $0.context.userNames) })

    package let name = Field(
        "name", "NAME", .flexible(minimum: 11), .text, json: .named("name"),
        help: "name of its first thread", value: { .text($0.process.name) })

    package let command = Field(
        "command", "COMMAND", .flexible(minimum: 24), .text, json: .named("command"),
        help:
            "command line; [name] for kernel threads and while it was not read; ... for what is very long",
        value: { FieldValue($0.process.command) },
        shown: { row in
            if let thread = row.thread { return .text(thread.thread.name) }
            return .text(row.process.shortCommand)
        },
        emphasis: { $0.isHot ? .critical : .normal })

    package let state = Field(
        "state", "S", .fixed(1), .text, json: .named("state"),
        help:
            "of the first thread: R running or runnable, S sleeping, D uninterruptible sleep, T t stopped, "
            + "Z zombie, I idle",
        value: { row in
            .text(String((row.thread?.thread.state ?? row.process.state).letter))
        })

    package let cgroup = Field(
        "cgroup", "CGROUP", .fixed(32), .text, json: .named("cgroup"), help: "control group",
        value: { FieldValue($0.process.cgroup) })

    // MARK: CPU

    package let cpu = Field(
        .cpu, "CPU%", .fixed(6), json: .named("cpu_percent"),
        metric: "dxtop_process_cpu_percent",
        help: "of one CPU, all threads together, those that ended included: may exceed 100",
        value: { FieldValue($0.cpu) },
        // The sum of a process is not marked: of several threads it says nothing about any one.
        mark: { $0.part != nil && $0.isHot },
        emphasis: { _ in .normal })

    package let hottest = Field(
        .hottest, "MAXT%", .fixed(6), json: .named("hottest_thread_percent"),
        metric: "dxtop_process_hottest_thread_percent",
        help:
            "CPU% of its hottest thread; ! one is hot; >= a thread that ended may have been hotter",
        value: { row in
            guard row.part == nil else { return FieldValue(row.cpu) }
            let hottest = row.process.hottestCPU
            return row.process.mayHaveBeenHotter
                ? .atLeast(hottest ?? .zero) : FieldValue(hottest)
        },
        key: { row in
            FieldValue(row.part == nil ? row.process.hottestBound : row.cpu)
                .key(isCoarse: row.isCoarse)
        },
        mark: { $0.isHot },
        emphasis: { _ in .normal })

    package let ended = ofProcess(
        "ended", "ENDED%", .fixed(6), json: .named("ended_threads_cpu_percent"),
        metric: "dxtop_process_ended_threads_cpu_percent",
        help: "the part of CPU% that threads used which have ended, or have just begun",
        value: { FieldValue($0.process.endedCPU) })

    package let children = ofProcess(
        "children", "CHLD%", .fixed(6), json: .named("ended_children_cpu_percent"),
        metric: "dxtop_process_ended_children_cpu_percent",
        help: "CPU that children used, in all their lives, that ended and that it waited for",
        value: { FieldValue($0.process.childrenCPU) })

    package let time = Field(
        .time, "TIME", .fixed(8),
        json: .screenOnly("documents have its rate, cpu_percent"),
        metric: "dxtop_process_cpu_seconds_total", help: "CPU time since it started",
        value: { row in .cpuTime(row.thread?.thread.totalTime ?? row.process.totalTime) })

    package let threads = ofProcess(
        "threads", "THR", .fixed(5), json: .named("threads"), metric: "dxtop_process_threads",
        help: "threads",
        value: { FieldValue(count: $0.process.threadCount) })

    package let faults = Field(
        "faults", "FLT/s", .fixed(6),
        json: .screenOnly("documents have them of threads, minor and major"),
        metric: "dxtop_process_faults_per_second", help: "page faults, minor and major",
        value: { FieldValue($0.faults) })

    package let files = ofProcess(
        "files", "FD", .fixed(6), json: .named("fds"), metric: "dxtop_process_open_fds",
        help: "open files, where the kernel reports them (6.2)",
        value: { FieldValue(count: $0.process.openFiles) })

    package let drops = ofProcess(
        "drops", "DROP/s", .fixed(7), json: .named("drops_per_second"),
        metric: "dxtop_process_udp_drops_per_second",
        help: "datagrams that its UDP sockets drop in the network namespace on show",
        value: { FieldValue($0.context.drops($0.process.id)) })

    // MARK: Memory

    package let resident = ofProcess(
        .resident, "RSS", .fixed(5), json: .named("rss_bytes"),
        metric: "dxtop_process_rss_bytes", help: "resident memory",
        value: { FieldValue($0.process.residentMemory) })

    package let anonymous = ofProcess(
        .anonymous, "ANON", .fixed(5), json: .named("anon_bytes"),
        metric: "dxtop_process_anon_bytes", help: "anonymous memory: what it wrote to",
        value: { FieldValue($0.process.memory?.anonymous) })

    package let file = ofProcess(
        "file", "FILE", .fixed(5), json: .named("file_bytes"),
        metric: "dxtop_process_file_bytes", help: "resident pages of mapped files",
        value: { FieldValue($0.process.memory?.file) })

    package let shared = ofProcess(
        "shared", "SHM", .fixed(5), json: .named("shmem_bytes"),
        metric: "dxtop_process_shmem_bytes", help: "resident shared memory",
        value: { FieldValue($0.process.memory?.shared) })

    package let swap = ofProcess(
        "swap", "SWAP", .fixed(5), json: .named("swap_bytes"),
        metric: "dxtop_process_swap_bytes", help: "its anonymous memory that is swapped out",
        value: { FieldValue($0.process.memory?.swap) })

    package let peak = ofProcess(
        "peak", "PEAK", .fixed(5), json: .named("peak_rss_bytes"),
        metric: "dxtop_process_peak_rss_bytes", help: "the most that was ever resident",
        value: { FieldValue($0.process.memory?.peak) })

    package let addressSpace = ofProcess(
        "addressSpace", "VSZ", .fixed(5), json: .named("address_space_bytes"),
        metric: "dxtop_process_address_space_bytes", help: "virtual memory, touched or not",
        value: { FieldValue($0.process.memory?.addressSpace) })

    package let limit = Field(
        "limit", "LIMIT", .fixed(5),
        json: .screenOnly("it is its cgroup's, not its own"),
        help: "the lowest memory.max on the path of its cgroup",
        value: { row in
            // Nothing stands for "none"; what is not known says so.
            guard case .known(let groups) = row.context.memory.limits(row.process) else {
                return .unknown
            }
            return groups.first?.limit.map(FieldValue.bytes) ?? .inapplicable
        })

    // MARK: Growth of memory

    package let fiveMinuteChange = Field(
        .fiveMinuteChange, "+/5m", .fixed(6),
        json: .screenOnly("documents have growth_bytes_per_second"),
        help: "growth in 5 minutes, files not counted; - below 1M: not kept",
        value: { row in row.change { $0.fiveMinutes } })

    package let hourChange = Field(
        .hourChange, "+/1h", .fixed(6),
        json: .screenOnly("documents have growth_bytes_per_second"),
        help: "the same over an hour, or what is recorded: the head shows how long",
        value: { row in row.change { $0.hour } })

    package let dayChange = Field(
        .dayChange, "+/24h", .fixed(6),
        json: .screenOnly("documents have growth_bytes_per_second"),
        help: "the same over a day, once more than an hour is known",
        value: { row in row.change { $0.day } })

    package let rate = Field(
        .rate, "+/s", .fixed(6), json: .named("growth_bytes_per_second"),
        metric: "dxtop_process_growth_bytes_per_second",
        help: "slope over the last hour, where there is a verdict",
        value: { row in row.growth { .change(ByteChange($0.slope)) } },
        shown: { row in row.growth { $0.isUneven ? .inapplicable : .change(ByteChange($0.slope)) } }
    )

    package let shape = Field(
        "shape", "SHAPE", .fixed(8), .text, json: .named("shape"),
        help: "pattern of the last hour: linear, plateau, step, sawtooth, rising floor, flat",
        value: { row in row.growth { $0.shape ?? .unknown } },
        emphasis: { row in
            guard case .known(let figures) = row.context.memory.growth(row.process.id) else {
                return .normal
            }
            return figures.emphasis
        })

    package let timeLeft = Field(
        "timeLeft", "LEFT", .fixed(5), leastFirst: true, json: .named("eta_seconds"),
        metric: "dxtop_process_eta_seconds",
        help:
            "time to the first limit at this rate: its group's, the host's memory, its addresses",
        value: { row in row.growth { $0.timeLeft.map(FieldValue.timeLeft) ?? .inapplicable } })
}

extension FieldValue {
    /// By name, else by number.
    init(_ user: UserID?, in names: UserNames) {
        self = user.map { .text(names[$0] ?? $0.description) } ?? .unknown
    }
}

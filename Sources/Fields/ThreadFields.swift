internal import ProcFormats
internal import Samples
internal import Units

/// The fields of threads.
package final class ThreadFields: Sendable {
    package static let declared = ThreadFields()
    package static let table = FieldTable<ThreadRow>(of: declared)

    package typealias Field = Fields.Field<ThreadRow>

    // MARK: What it is

    package let tid = Field(
        "tid", "TID", .fixed(7), json: .named("tid"), help: "thread id",
        value: { .number(Int64($0.thread.id.tid.rawValue)) })

    package let pid = Field(
        "pid", "PID", .fixed(7), json: .named("pid"), help: "id of its process",
        value: { .number(Int64($0.process.id.pid.rawValue)) })

    package let startTime = Field(
        "startTime", "START", .fixed(9), json: .named("start_time_ticks"),
        help: "when it started, in clock ticks since boot",
        value: { .number(Int64(clamping: $0.thread.id.startTime.rawValue)) })

    package let name = Field(
        "name", "NAME", .flexible(minimum: 11), .text, json: .named("name"),
        help: "name of the thread", value: { .text($0.thread.name) },
        emphasis: { $0.isHot == true ? .critical : .normal })

    package let process = Field(
        "process", "PROCESS", .flexible(minimum: 8), .text, json: .named("process"),
        help: "name of its process", value: { .text($0.process.name) })

    package let state = Field(
        "state", "S", .fixed(1), .text, json: .named("state"),
        help:
            "R running or runnable, S sleeping, D uninterruptible sleep, T t stopped, Z zombie, I idle, "
            + "P parked",
        value: { .text(String($0.thread.state.letter)) })

    // MARK: CPU

    package let cpu = Field(
        .cpu, "CPU%", .fixed(6), json: .named("cpu_percent"),
        metric: "dxtop_thread_cpu_percent",
        help: "of one CPU; ! hot: it uses a CPU, or with WAIT% would",
        value: { FieldValue($0.thread.cpu) },
        mark: { $0.isHot == true },
        emphasis: { _ in .normal })

    package let userCPU = Field(
        "userCPU", "USR%", .fixed(5), json: .named("user_percent"),
        metric: "dxtop_thread_user_percent", help: "of it in user mode",
        value: { FieldValue($0.thread.user) })

    package let systemCPU = Field(
        "systemCPU", "SYS%", .fixed(5), json: .named("system_percent"),
        metric: "dxtop_thread_system_percent", help: "of it in the kernel",
        value: { FieldValue($0.thread.system) })

    package let runDelay = Field(
        "runDelay", "WAIT%", .fixed(5), json: .named("run_delay_percent"),
        metric: "dxtop_thread_run_delay_percent", cost: .runDelay,
        help: "time runnable but without a CPU; includes throttling by a cgroup",
        value: { FieldValue($0.thread.runDelay) })

    package let hot = Field(
        "hot", "HOT", .fixed(3), .text, json: .named("hot"),
        help: "it uses a CPU, or with WAIT% would",
        value: { $0.isHot.map(FieldValue.flag) ?? .unknown })

    package let time = Field(
        .time, "TIME", .fixed(8), json: .screenOnly("documents have its rate, cpu_percent"),
        metric: "dxtop_thread_cpu_seconds_total", help: "CPU time since it started",
        value: { .cpuTime($0.thread.totalTime) })

    package let processor = Field(
        "processor", "CPU", .fixed(4), json: .named("processor"), help: "CPU it last ran on",
        value: { FieldValue(number: $0.thread.processor) })

    package let curve = Field(
        .curve, "60s", .fixed(6), .text, leastFirst: true,
        json: .screenOnly("a picture of cpu_percent"),
        help: "CPU% over the last minute, full scale 100",
        value: { FieldValue($0.thread.cpu) })

    // MARK: What it does

    package let voluntary = Field(
        "voluntary", "VCS/s", .fixed(5), json: .named("voluntary_switches_per_second"),
        metric: "dxtop_thread_voluntary_switches_per_second", cost: .switches,
        help: "voluntary context switches: it gave up the CPU to wait",
        value: { FieldValue($0.thread.voluntarySwitches) })

    package let involuntary = Field(
        "involuntary", "NVCS/s", .fixed(6), json: .named("involuntary_switches_per_second"),
        metric: "dxtop_thread_involuntary_switches_per_second", cost: .switches,
        help: "involuntary context switches: the CPU was taken from it",
        value: { FieldValue($0.thread.involuntarySwitches) })

    package let faults = Field(
        "faults", "FLT/s", .fixed(5),
        json: .screenOnly("documents have both kinds: minor_ and major_faults_per_second"),
        help: "page faults, minor and major", value: { FieldValue($0.faults) })

    package let minorFaults = Field(
        "minorFaults", "MINFLT/s", .fixed(8), json: .named("minor_faults_per_second"),
        metric: "dxtop_thread_minor_faults_per_second",
        help: "page faults that needed no disk", value: { FieldValue($0.thread.minorFaults) })

    package let majorFaults = Field(
        "majorFaults", "MAJFLT/s", .fixed(8), json: .named("major_faults_per_second"),
        metric: "dxtop_thread_major_faults_per_second",
        help: "page faults that waited for a disk", value: { FieldValue($0.thread.majorFaults) })

    package let activity = Field(
        .activity, "WHERE", .flexible(minimum: 9), .text,
        json: .screenOnly("documents have system_call and wait_channel"), cost: .activity,
        help: "system call it is in, else wait channel, else [runnable]",
        value: { $0.activity })

    package let systemCall = Field(
        "systemCall", "CALL", .flexible(minimum: 9), .text, json: .named("system_call"),
        cost: .activity, help: "system call it is in; running while it is in none",
        value: { row in
            switch row.thread.activity {
            case .running: .text("running")
            case .systemCall(let number):
                .text(SystemCallTable.name(of: number) ?? String(number))
            case .denied: .denied
            case .waitChannel, nil: .unknown
            }
        })

    package let waitChannel = Field(
        "waitChannel", "WCHAN", .flexible(minimum: 9), .text, json: .named("wait_channel"),
        cost: .activity, help: "function of the kernel it sleeps in",
        value: { row in
            switch row.thread.activity {
            case .waitChannel(let function): .text(function)
            case .denied: .denied
            case .running, .systemCall, nil: .unknown
            }
        })
}

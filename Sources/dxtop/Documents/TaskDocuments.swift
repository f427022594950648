import Diagnosis
import ProcFormats
import ProcSampling
import Units

/// A process as JSON; the names and units are in PRODUCT.md and in `dxtop help watch`.
struct ProcessDocument: Encodable {
    let process: ProcessSample
    let userNames: UserNames
    /// How its memory grows; nil while too little is recorded.
    let outlook: MemoryOutlook?
    /// What its UDP sockets drop in the network namespace that was read; nil where it has none
    /// there, or not all is known of them.
    let drops: Rate?

    func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("pid", process.id.pid.rawValue)
        try fields.write("start_time_ticks", process.id.startTime.rawValue)
        try fields.write("ppid", process.parent.rawValue)
        try fields.write("user", process.user.map { userNames[$0] ?? $0.description })
        try fields.write("name", process.name)
        try fields.write("command", process.command)
        try fields.write("state", String(process.state.letter))
        try fields.write("cpu_percent", process.cpu?.rawValue.rounded2)
        try fields.write("hottest_thread_percent", process.hottestCPU?.rawValue.rounded2)
        try fields.write("threads", process.threadCount)
        try fields.write("rss_bytes", process.residentMemory?.rawValue)
        try fields.write("anon_bytes", process.memory?.anonymous?.rawValue)
        try fields.write("file_bytes", process.memory?.file?.rawValue)
        try fields.write("shmem_bytes", process.memory?.shared?.rawValue)
        try fields.write("swap_bytes", process.memory?.swap?.rawValue)
        try fields.write("peak_rss_bytes", process.memory?.peak?.rawValue)
        try fields.write("address_space_bytes", process.memory?.addressSpace?.rawValue)
        try fields.write("growth_bytes_per_second", outlook?.growth.slope.rounded())
        try fields.write("shape", outlook?.growth.shape?.rawValue)
        try fields.write("eta_seconds", outlook?.timeLeft?.components.seconds)
        try fields.write("fds", process.openFiles)
        try fields.write("drops_per_second", drops?.rawValue.rounded2)
        try fields.write("cgroup", process.cgroup)
    }
}

/// A thread as JSON.
struct ThreadDocument: Encodable {
    let thread: ThreadSample
    let process: ProcessSample
    let hotThreshold: Percent

    func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("pid", process.id.pid.rawValue)
        try fields.write("tid", thread.id.tid.rawValue)
        try fields.write("start_time_ticks", thread.id.startTime.rawValue)
        try fields.write("name", thread.name)
        try fields.write("process", process.name)
        try fields.write("state", String(thread.state.letter))
        try fields.write("cpu_percent", thread.cpu?.rawValue.rounded2)
        try fields.write("user_percent", thread.user?.rawValue.rounded2)
        try fields.write("system_percent", thread.system?.rawValue.rounded2)
        try fields.write("run_delay_percent", thread.runDelay?.rawValue.rounded2)
        try fields.write(
            "voluntary_switches_per_second", thread.voluntarySwitches?.rawValue.rounded2)
        try fields.write(
            "involuntary_switches_per_second", thread.involuntarySwitches?.rawValue.rounded2)
        try fields.write("minor_faults_per_second", thread.minorFaults?.rawValue.rounded2)
        try fields.write("major_faults_per_second", thread.majorFaults?.rawValue.rounded2)
        try fields.write("system_call", systemCall)
        try fields.write("wait_channel", waitChannel)
        try fields.write("processor", thread.processor)
        try fields.write("hot", thread.isHot(hotThreshold))
    }

    /// "running" while it is in none, as the kernel says it.
    private var systemCall: String? {
        switch thread.activity {
        case .running: "running"
        case .systemCall(let number): SystemCallTable.name(of: number) ?? String(number)
        case .waitChannel, nil: nil
        }
    }

    private var waitChannel: String? {
        if case .waitChannel(let function) = thread.activity { function } else { nil }
    }
}

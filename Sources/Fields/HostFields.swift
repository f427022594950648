package import ProcFormats
package import Samples
internal import Units

/// The machine at one moment, and what dxtop itself takes of it.
package struct HostRow: FieldRow {
    package let host: HostSample
    package let ownCost: OwnCost
    /// Where threads' figures come from.
    package let threadSource: ThreadSourceKind?
    package let trouble: SamplingTrouble

    package init(_ snapshot: Snapshot) {
        host = snapshot.host
        ownCost = snapshot.ownCost
        threadSource = snapshot.threadSources?.chosen
        trouble = snapshot.trouble
    }

    package static var fadesZeros: Bool { false }
}

/// The fields of the machine. Pressure is the share of the last 10 s; see `PressureStall`.
package final class HostFields: Sendable {
    package static let declared = HostFields()
    package static let table = FieldTable<HostRow>(of: declared)

    package typealias Field = Fields.Field<HostRow>

    /// A figure that is a time series under its own name.
    private static func figure(
        _ id: FieldID, _ title: String, json: String, help: String,
        value: @escaping @Sendable (HostRow) -> FieldValue
    ) -> Field {
        Field(
            id, title, .fixed(8), json: .named(json), metric: "dxtop_host_" + json, help: help,
            value: value)
    }

    // MARK: What it is

    package let name = Field(
        "name", "HOST", .flexible(minimum: 12), .text, json: .named("name"), help: "host name",
        value: { .text($0.host.name) })

    package let kernelRelease = Field(
        "kernelRelease", "KERNEL", .flexible(minimum: 12), .text, json: .named("kernel_release"),
        help: "release of the kernel, as uname(1) has it", value: { .text($0.host.kernelRelease) })

    package let uptime = figure(
        "uptime", "UPTIME", json: "uptime_seconds", help: "time since boot",
        value: { FieldValue($0.host.uptime) })

    // MARK: CPU

    package let loadOneMinute = figure(
        "loadOneMinute", "LOAD1", json: "load_average_1m", help: "load average over a minute",
        value: { FieldValue($0.host.load?.oneMinute) })

    package let loadFiveMinutes = figure(
        "loadFiveMinutes", "LOAD5", json: "load_average_5m",
        help: "load average over five minutes", value: { FieldValue($0.host.load?.fiveMinutes) })

    package let loadFifteenMinutes = figure(
        "loadFifteenMinutes", "LOAD15", json: "load_average_15m",
        help: "load average over fifteen minutes",
        value: { FieldValue($0.host.load?.fifteenMinutes) })

    package let cpuCount = figure(
        "cpuCount", "CPUS", json: "cpu_count", help: "CPUs that are online",
        value: { FieldValue(count: $0.host.cpuCount) })

    package let busy = figure(
        "busy", "CPU%", json: "cpu_busy_percent", help: "of all CPUs, time that is not idle",
        value: { FieldValue($0.host.cpu?.busy) })

    package let user = figure(
        "user", "USR%", json: "cpu_user_percent", help: "of it in user mode",
        value: { FieldValue($0.host.cpu?.user) })

    package let system = figure(
        "system", "SYS%", json: "cpu_system_percent", help: "of it in the kernel",
        value: { FieldValue($0.host.cpu?.system) })

    package let ioWait = figure(
        "ioWait", "IOW%", json: "cpu_io_wait_percent", help: "idle while tasks wait for I/O",
        value: { FieldValue($0.host.cpu?.ioWait) })

    package let steal = figure(
        "steal", "STEAL%", json: "cpu_steal_percent", help: "taken by the hypervisor",
        value: { FieldValue($0.host.cpu?.steal) })

    package let runnable = figure(
        "runnable", "RUN", json: "runnable_tasks", help: "tasks running or runnable",
        value: { FieldValue(count: $0.host.runnable) })

    package let blocked = figure(
        "blocked", "BLOCKED", json: "blocked_tasks", help: "tasks waiting for I/O (procs_blocked)",
        value: { FieldValue(count: $0.host.blocked) })

    package let contextSwitches = figure(
        "contextSwitches", "CS/s", json: "context_switches_per_second", help: "context switches",
        value: { FieldValue($0.host.contextSwitches) })

    package let forks = figure(
        "forks", "FORK/s", json: "forks_per_second", help: "tasks started",
        value: { FieldValue($0.host.forks) })

    // MARK: Memory

    package let memoryTotal = figure(
        "memoryTotal", "MEM", json: "memory_total_bytes", help: "memory",
        value: { FieldValue($0.host.memory?.total) })

    package let memoryFree = figure(
        "memoryFree", "FREE", json: "memory_free_bytes", help: "memory in use for nothing",
        value: { FieldValue($0.host.memory?.free) })

    package let memoryAvailable = figure(
        "memoryAvailable", "AVAIL", json: "memory_available_bytes",
        help: "memory that can be had without swapping: MemAvailable",
        value: { FieldValue($0.host.memory?.available) })

    package let swapTotal = figure(
        "swapTotal", "SWAP", json: "swap_total_bytes", help: "swap space",
        value: { FieldValue($0.host.memory?.swapTotal) })

    package let swapFree = figure(
        "swapFree", "SWAPFREE", json: "swap_free_bytes", help: "swap space that is free",
        value: { FieldValue($0.host.memory?.swapFree) })

    package let swapIn = figure(
        "swapIn", "SI/s", json: "swap_in_pages_per_second", help: "pages swapped in",
        value: { FieldValue($0.host.pagesSwappedIn) })

    package let swapOut = figure(
        "swapOut", "SO/s", json: "swap_out_pages_per_second", help: "pages swapped out",
        value: { FieldValue($0.host.pagesSwappedOut) })

    package let oomKills = figure(
        "oomKills", "OOM", json: "oom_kills_total", help: "processes OOM-killed since boot",
        value: { FieldValue(count: $0.host.oomKills?.total) })

    package let majorFaults = figure(
        "majorFaults", "MAJFLT/s", json: "major_faults_per_second",
        help: "page faults that waited for a disk", value: { FieldValue($0.host.majorFaults) })

    // MARK: Disks

    package let bytesRead = figure(
        "bytesRead", "READ/s", json: "disk_read_bytes_per_second", help: "bytes read from disks",
        value: { FieldValue($0.host.bytesReadFromDisk) })

    package let bytesWritten = figure(
        "bytesWritten", "WRITE/s", json: "disk_written_bytes_per_second",
        help: "bytes written to disks", value: { FieldValue($0.host.bytesWrittenToDisk) })

    // MARK: Pressure

    package let cpuPressure = figure(
        "cpuPressure", "PSICPU%", json: "cpu_pressure_some_percent",
        help: "time in which some task waited for a CPU",
        value: { FieldValue($0.host.cpuPressure?.some?.average10) })

    package let memoryPressure = figure(
        "memoryPressure", "PSIMEM%", json: "memory_pressure_some_percent",
        help: "time in which some task waited for memory",
        value: { FieldValue($0.host.memoryPressure?.some?.average10) })

    package let fullMemoryPressure = figure(
        "fullMemoryPressure", "FULLMEM%", json: "memory_pressure_full_percent",
        help: "time in which all tasks waited for memory",
        value: { FieldValue($0.host.memoryPressure?.full?.average10) })

    package let ioPressure = figure(
        "ioPressure", "PSIIO%", json: "io_pressure_some_percent",
        help: "time in which some task waited for I/O",
        value: { FieldValue($0.host.ioPressure?.some?.average10) })

    package let fullIOPressure = figure(
        "fullIOPressure", "FULLIO%", json: "io_pressure_full_percent",
        help: "time in which all tasks waited for I/O",
        value: { FieldValue($0.host.ioPressure?.full?.average10) })

    // MARK: dxtop itself

    package let ownCPU = figure(
        "ownCPU", "SELF%", json: "self_cpu_percent", help: "what dxtop uses of one CPU",
        value: { FieldValue($0.ownCost.cpu) })

    package let ownMemory = figure(
        "ownMemory", "SELFRSS", json: "self_rss_bytes", help: "resident memory of dxtop",
        value: { FieldValue($0.ownCost.residentMemory) })

    package let threadSource = Field(
        "threadSource", "SOURCE", .fixed(10), .text, json: .named("threads_from"),
        help: "the data source of threads", value: { FieldValue($0.threadSource?.rawValue) })

    package let deniedReads = figure(
        "deniedReads", "DENIED", json: "denied_reads_total",
        help: "reads refused: no permission",
        value: { FieldValue(count: $0.trouble.denied) })

    package let malformedFiles = figure(
        "malformedFiles", "MALFORM", json: "malformed_files_total",
        help: "files that dxtop could not parse", value: { FieldValue(count: $0.trouble.malformed) }
    )

    package let incompleteProcesses = figure(
        "incompleteProcesses", "INCOMPL", json: "incomplete_processes",
        help: "processes of a captured tree whose files are missing",
        value: { FieldValue(count: $0.trouble.incomplete) })

    package let shortage = Field(
        "shortage", "SHORTAGE", .fixed(11), .text, json: .named("shortage"),
        help: "what dxtop ran out of, so that something was not read",
        value: { FieldValue($0.trouble.shortage?.rawValue) })
}

/// One CPU of the machine.
package struct CPURow: FieldRow {
    package let cpu: HostSample.CPU

    package init(_ cpu: HostSample.CPU) { self.cpu = cpu }

    package static var fadesZeros: Bool { false }
}

/// The fields of a CPU.
package final class CPUFields: Sendable {
    package static let declared = CPUFields()
    package static let table = FieldTable<CPURow>(of: declared)

    package typealias Field = Fields.Field<CPURow>

    package let number = Field(
        "number", "CPU", .fixed(4), json: .named("number"), help: "which CPU",
        value: { .number(Int64($0.cpu.number)) })

    package let busy = Field(
        "busy", "BUSY%", .fixed(6), json: .named("busy_percent"),
        metric: "dxtop_cpu_busy_percent", help: "time that is not idle",
        value: { FieldValue($0.cpu.shares.busy) })

    package let user = Field(
        "user", "USR%", .fixed(6), json: .named("user_percent"),
        metric: "dxtop_cpu_user_percent", help: "of it in user mode",
        value: { FieldValue($0.cpu.shares.user) })

    package let system = Field(
        "system", "SYS%", .fixed(6), json: .named("system_percent"),
        metric: "dxtop_cpu_system_percent", help: "of it in the kernel",
        value: { FieldValue($0.cpu.shares.system) })
}

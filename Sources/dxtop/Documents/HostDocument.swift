import ProcFormats
import ProcSampling
import Units

/// The machine as JSON. Pressure is the share of the last 10 s; see `PressureStall`.
struct HostDocument: Encodable {
    let host: HostSample
    let ownCost: OwnCost
    let threadSource: ThreadSourceKind?
    let trouble: SamplingTrouble

    func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("name", host.name)
        try fields.write("kernel_release", host.kernelRelease)
        try fields.write("uptime_seconds", host.uptime)
        try fields.write("load_average_1m", host.load?.oneMinute)
        try fields.write("load_average_5m", host.load?.fiveMinutes)
        try fields.write("load_average_15m", host.load?.fifteenMinutes)
        try fields.write("cpu_count", host.cpuCount)
        try fields.write("cpu_busy_percent", host.cpu?.busy.rawValue.rounded2)
        try fields.write("cpu_user_percent", host.cpu?.user.rawValue.rounded2)
        try fields.write("cpu_system_percent", host.cpu?.system.rawValue.rounded2)
        try fields.write("cpu_io_wait_percent", host.cpu?.ioWait.rawValue.rounded2)
        try fields.write("cpu_steal_percent", host.cpu?.steal.rawValue.rounded2)
        try fields.write("cpus", host.cpus.map(CPUDocument.init))
        try fields.write("runnable_tasks", host.runnable)
        try fields.write("blocked_tasks", host.blocked)
        try fields.write("context_switches_per_second", host.contextSwitches?.rawValue.rounded2)
        try fields.write("forks_per_second", host.forks?.rawValue.rounded2)
        try fields.write("memory_total_bytes", host.memory?.total.rawValue)
        try fields.write("memory_free_bytes", host.memory?.free.rawValue)
        try fields.write("memory_available_bytes", host.memory?.available?.rawValue)
        try fields.write("swap_total_bytes", host.memory?.swapTotal.rawValue)
        try fields.write("swap_free_bytes", host.memory?.swapFree.rawValue)
        try fields.write("swap_in_pages_per_second", host.pagesSwappedIn?.rawValue.rounded2)
        try fields.write("swap_out_pages_per_second", host.pagesSwappedOut?.rawValue.rounded2)
        try fields.write("oom_kills_total", host.oomKills?.total)
        try fields.write("major_faults_per_second", host.majorFaults?.rawValue.rounded2)
        try fields.write("disk_read_bytes_per_second", host.bytesReadFromDisk?.rawValue.rounded2)
        try fields.write(
            "disk_written_bytes_per_second", host.bytesWrittenToDisk?.rawValue.rounded2)
        try fields.write("cpu_pressure_some_percent", some(host.cpuPressure))
        try fields.write("memory_pressure_some_percent", some(host.memoryPressure))
        try fields.write("memory_pressure_full_percent", full(host.memoryPressure))
        try fields.write("io_pressure_some_percent", some(host.ioPressure))
        try fields.write("io_pressure_full_percent", full(host.ioPressure))
        try fields.write("self_cpu_percent", ownCost.cpu?.rawValue.rounded2)
        try fields.write("self_rss_bytes", ownCost.residentMemory?.rawValue)
        try fields.write("threads_from", threadSource?.rawValue)
        try fields.write("denied_reads_total", trouble.denied)
        try fields.write("malformed_files_total", trouble.malformed)
        try fields.write("incomplete_processes", trouble.incomplete)
        try fields.write("shortage", trouble.shortage?.rawValue)
    }

    private func some(_ stall: PressureStall?) -> Double? {
        stall?.some.average10.rawValue.rounded2
    }
    private func full(_ stall: PressureStall?) -> Double? {
        stall?.full?.average10.rawValue.rounded2
    }

    private struct CPUDocument: Encodable {
        let cpu: HostSample.CPU

        func encode(to encoder: any Encoder) throws {
            var fields = FieldWriter(encoder)
            try fields.write("number", cpu.number)
            try fields.write("busy_percent", cpu.shares.busy.rawValue.rounded2)
            try fields.write("user_percent", cpu.shares.user.rawValue.rounded2)
            try fields.write("system_percent", cpu.shares.system.rawValue.rounded2)
        }
    }
}

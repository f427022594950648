package import ProcFormats
package import ProcSampling
import Units

/// What made machines are made of: values that a sample would have, without a /proc.
package enum Made {
    package static func process(_ pid: Int32, start: UInt64 = 10_000_000) -> ProcessIdentity {
        ProcessIdentity(pid: ProcessID(pid), startTime: ClockTicks(start))
    }

    package static func thread(_ tid: Int32, start: UInt64 = 10_000_000) -> ThreadIdentity {
        ThreadIdentity(tid: ThreadID(tid), startTime: ClockTicks(start))
    }

    /// `/proc/meminfo`, in KiB.
    package static func memory(
        totalKibibytes: UInt64, free: UInt64 = 1000, available: UInt64, swapTotal: UInt64 = 0,
        swapFree: UInt64 = 0
    ) -> MemoryInfo? {
        let text = """
            MemTotal: \(totalKibibytes) kB
            MemFree: \(free) kB
            MemAvailable: \(available) kB
            SwapTotal: \(swapTotal) kB
            SwapFree: \(swapFree) kB

            """
        return try? MemoryInfo(parsing: Array(text.utf8).span)
    }

    /// Percent of the last 10 s; a nil `full` leaves its line out, as kernels before 5.13 do for CPUs.
    package static func pressure(some: Double, full: Double? = 0) -> PressureStall? {
        var text = "some avg10=\(some) avg60=0.00 avg300=0.00 total=0\n"
        if let full { text += "full avg10=\(full) avg60=0.00 avg300=0.00 total=0\n" }
        return try? PressureStall(parsing: Array(text.utf8).span)
    }

    /// `/proc/loadavg`.
    package static func load(_ text: String) -> LoadAverage? {
        try? LoadAverage(parsing: Array("\(text)\n".utf8).span)
    }

    /// `/etc/passwd`.
    package static func users(_ passwd: String = "") -> UserNames {
        UserNames(parsing: Array(passwd.utf8).span)
    }
}

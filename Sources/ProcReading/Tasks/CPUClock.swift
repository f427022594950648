internal import Glibc
package import Units

/// The CPU clock of another process: how much time all its threads used, those that ended
/// included, to the nanosecond.
///
/// It needs no rights and no file: 22 ns for each thread of the process. The kernel makes the
/// clock's number from the process's (`CPUCLOCK_SCHED`, as `clock_getcpuclockid(3)` does). Like
/// `schedstat` it lags by up to one scheduler tick for a thread that runs right now. Numbers are of
/// our own pid namespace: see `ProcRoot.isLive`.
package enum CPUClock {
    /// Nil when there is no such process.
    package static func read(_ process: ProcessID) -> Nanoseconds? {
        var time = timespec()
        let clock = clockid_t((~process.rawValue << 3) | 2)
        guard clock_gettime(clock, &time) == 0 else { return nil }
        return Nanoseconds(time.inNanoseconds)
    }
}

internal import CLinux
internal import ProcFormats
internal import Units

/// What the task iterator tells of one thread, in the terms of its files.
struct TaskRecord {
    let record: clinux_task_record

    init(_ record: clinux_task_record) { self.record = record }

    var tid: ThreadID { ThreadID(Int32(bitPattern: record.tid)) }

    func id(_ units: SystemInfo) -> ThreadIdentity {
        ThreadIdentity(tid: tid, startTime: units.ticks(Nanoseconds(record.start_time)))
    }

    var used: ThreadTimes {
        ThreadTimes(
            runTime: Nanoseconds(record.run_time), runDelay: Nanoseconds(record.run_delay),
            switches: ThreadSwitches(
                voluntary: record.voluntary, involuntary: record.involuntary))
    }

    /// What the threads of its process used that had ended when so many were left; nil where this
    /// kernel's is not known.
    var ended: (time: Nanoseconds, threadsLeft: Int)? {
        record.thread_count == 0
            ? nil : (Nanoseconds(record.ended_time), Int(record.thread_count))
    }

    /// The kernel samples user and system time at its ticks and tells them scaled to the precise sum,
    /// and so that neither ever goes back; `cputime_adjust()` in `kernel/sched/cputime.c`.
    var times: (user: UInt64, system: UInt64) {
        let shown = (user: record.shown_user_time, system: record.shown_system_time)
        guard shown.user &+ shown.system < record.run_time else { return shown }
        var system = max(scaledSystemTime, shown.system)
        if record.run_time - system < shown.user { system = record.run_time - shown.user }
        return (record.run_time - system, system)
    }

    private var scaledSystemTime: UInt64 {
        guard record.system_time > 0 else { return 0 }
        let (sampled, isOver) = record.user_time.addingReportingOverflow(record.system_time)
        guard !isOver else { return 0 }
        return sampled.dividingFullWidth(
            record.run_time.multipliedFullWidth(by: record.system_time)
        ).quotient
    }

    /// As `task_state_index()` in `include/linux/sched.h` makes a letter of it.
    var state: TaskState {
        if record.state & Self.idle == Self.idle { return .idle }
        if record.state & (Self.lockWait | Self.frozen) != 0 { return .diskSleep }
        let reported = (record.state | record.exit_state) & 0x7F
        return Self.states[UInt32.bitWidth - reported.leadingZeroBitCount]
    }

    /// TASK_IDLE, TASK_RTLOCK_WAIT and TASK_FROZEN.
    private static let idle: UInt32 = 0x402
    private static let lockWait: UInt32 = 0x1000
    private static let frozen: UInt32 = 0x8000
    /// By the highest bit.
    private static let states: [TaskState] = [
        .running, .sleeping, .diskSleep, .stopped, .traced, .dead, .zombie, .parked,
    ]
}

extension TaskRecord {
    /// Whether it has exactly this name. Never true of a name that needed repair.
    func isNamed(_ name: String) -> Bool {
        withUnsafeBytes(of: record.name) { bytes in
            var name = name
            return name.withUTF8 { known in
                known.count <= bytes.count
                    && (known.count == bytes.count || bytes[known.count] == 0)
                    && known.indices.allSatisfy { known[$0] == bytes[$0] }
            }
        }
    }

    /// What is not UTF-8 becomes U+FFFD.
    var name: String {
        withUnsafeBytes(of: record.name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

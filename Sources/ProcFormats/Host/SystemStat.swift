public import Units

/// `/proc/stat`; `proc_stat(5)`. What this kernel does not count, or what does not parse, is nil.
public struct SystemStat: ProcFormat, Hashable, Sendable {
    /// The line `cpu`: all CPUs together. Where that does not parse, the sum of the CPUs.
    public var total: CPUTimes?
    /// The lines `cpuN`, offline CPUs left out.
    public var cpus: [CPU]
    /// `ctxt`: context switches since boot.
    public var contextSwitches: UInt64?
    /// `processes`: tasks created since boot.
    public var forks: UInt64?
    /// `procs_running`, `procs_blocked`.
    public var runnable: Int?
    public var blocked: Int?

    public struct CPU: Hashable, Sendable {
        public var number: Int
        /// Nil where one of them does not parse: shares need all.
        public var times: CPUTimes?
    }

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        cpus = []
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            if cursor.skip("cpu ") {
                total = CPUTimes(at: &cursor, &faults)
            } else if cursor.skip("cpu") {
                if let number = cursor.count("cpuN", &faults) {
                    cpus.append(CPU(number: number, times: CPUTimes(at: &cursor, &faults)))
                }
            } else if cursor.skip("ctxt ") {
                contextSwitches = cursor.unsigned("ctxt", &faults)
            } else if cursor.skip("processes ") {
                forks = cursor.unsigned("processes", &faults)
            } else if cursor.skip("procs_running ") {
                runnable = cursor.count("procs_running", &faults)
            } else if cursor.skip("procs_blocked ") {
                blocked = cursor.count("procs_blocked", &faults)
            }
            cursor.passLine(&faults)
        }
        if total == nil { total = CPUTimes(adding: cpus) }
        if faults.isEmpty, total == nil, contextSwitches == nil, forks == nil {
            throw ParseError(.truncated, at: bytes.count)
        }
        if forks == 0 { forgetPlaceholders() }
    }

    /// Some task reads this, so one was created: a sandbox that says of none (gVisor) counts nothing
    /// at all, and its zeros stand for what is not known.
    private mutating func forgetPlaceholders() {
        contextSwitches = nil
        forks = nil
        runnable = nil
        blocked = nil
    }
}

/// One `cpu` line of `/proc/stat`. Guest time is part of `user` and `nice` already.
public struct CPUTimes: Hashable, Sendable {
    public var user: ClockTicks
    public var nice: ClockTicks
    public var system: ClockTicks
    public var idle: ClockTicks
    public var ioWait: ClockTicks
    public var interrupt: ClockTicks
    public var softInterrupt: ClockTicks
    public var steal: ClockTicks

    /// Parses the numbers after the CPU's name.
    fileprivate init?(at cursor: inout ByteCursor, _ faults: inout FieldFaults) {
        cursor.passSpace()  // the first of one, or the second of two after "cpu"
        let user = cursor.ticks("user", &faults)
        let nice = cursor.ticks("nice", &faults)
        let system = cursor.ticks("system", &faults)
        let idle = cursor.ticks("idle", &faults)
        let ioWait = cursor.ticks("iowait", &faults)
        let interrupt = cursor.ticks("irq", &faults)
        let softInterrupt = cursor.ticks("softirq", &faults)
        let steal = cursor.ticks("steal", &faults)
        guard let user, let nice, let system, let idle, let ioWait, let interrupt,
            let softInterrupt, let steal
        else { return nil }
        self.user = user
        self.nice = nice
        self.system = system
        self.idle = idle
        self.ioWait = ioWait
        self.interrupt = interrupt
        self.softInterrupt = softInterrupt
        self.steal = steal
    }

    /// The sum of all CPUs; nil where one of them is not known.
    fileprivate init?(adding cpus: [SystemStat.CPU]) {
        let times = cpus.compactMap(\.times)
        guard var sum = times.first, times.count == cpus.count else { return nil }
        for cpu in times.dropFirst() {
            for field in Self.fields {
                sum[keyPath: field] = sum[keyPath: field] + cpu[keyPath: field]
            }
        }
        self = sum
    }

    /// All that together make up a CPU's time.
    private static var fields: [WritableKeyPath<CPUTimes, ClockTicks>] {
        [\.user, \.nice, \.system, \.idle, \.ioWait, \.interrupt, \.softInterrupt, \.steal]
    }
}

extension ByteCursor {
    /// A number and the space after it.
    fileprivate mutating func ticks(
        _ name: StaticString, _ faults: inout FieldFaults
    ) -> ClockTicks? {
        let ticks: UInt64? = unsigned(name, &faults)
        passSpace()
        return ticks.map { ClockTicks($0) }
    }
}

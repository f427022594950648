public import Units

/// `/proc/stat`; `proc_stat(5)`. What this kernel does not count is nil.
public struct SystemStat: Hashable, Sendable {
    /// The line `cpu`: all CPUs together.
    public var total: CPUTimes
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
        public var times: CPUTimes
    }

    /// Parses one read of the file.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var total: CPUTimes?
        var cpus: [CPU] = []
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            if cursor.skip("cpu ") {
                total = try CPUTimes(at: &cursor)
            } else if cursor.skip("cpu") {
                let number = try cursor.signed(Int.self)
                cpus.append(CPU(number: number, times: try CPUTimes(at: &cursor)))
            } else if cursor.skip("ctxt ") {
                contextSwitches = try cursor.unsigned()
            } else if cursor.skip("processes ") {
                forks = try cursor.unsigned()
            } else if cursor.skip("procs_running ") {
                runnable = try cursor.signed()
            } else if cursor.skip("procs_blocked ") {
                blocked = try cursor.signed()
            }
            try cursor.skipLine()
        }
        guard let total else { throw ParseError(.truncated, at: bytes.count) }
        self.total = total
        self.cpus = cpus
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
    fileprivate init(at cursor: inout ByteCursor) throws(ParseError) {
        user = try cursor.ticks()
        nice = try cursor.ticks()
        system = try cursor.ticks()
        idle = try cursor.ticks()
        ioWait = try cursor.ticks()
        interrupt = try cursor.ticks()
        softInterrupt = try cursor.ticks()
        steal = try cursor.ticks()
    }
}

extension ByteCursor {
    /// Two spaces stand after "cpu", one elsewhere.
    fileprivate mutating func ticks() throws(ParseError) -> ClockTicks {
        skipBlanks()
        return ClockTicks(try unsigned())
    }
}

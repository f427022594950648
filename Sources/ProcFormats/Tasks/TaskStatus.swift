public import Units

/// `/proc/PID/status` and `/proc/PID/task/TID/status`; `proc_pid_status(5)`. Memory figures are the
/// whole process's. A line that this kernel or this kind of task does not have is nil: kernel
/// threads and zombies have no memory lines.
public struct TaskStatus: Hashable, Sendable {
    /// `Uid`: real and effective.
    public var realUser: UserID
    public var effectiveUser: UserID
    /// `TracerPid`; nil when nobody traces it.
    public var tracer: ProcessID?
    /// `Threads`.
    public var threadCount: Int?
    /// `VmSize`: all mappings, touched or not.
    public var addressSpace: ByteCount?
    /// `VmHWM`: the most that was ever resident.
    public var peakResidentMemory: ByteCount?
    /// `VmRSS`.
    public var residentMemory: ByteCount?
    /// `RssAnon`, `RssFile`, `RssShmem` (since 4.5).
    public var anonymousMemory: ByteCount?
    public var fileMemory: ByteCount?
    public var sharedMemory: ByteCount?
    /// `VmSwap`.
    public var swap: ByteCount?
    /// `Cpus_allowed_list`, as the kernel writes it ("0-3,8").
    public var allowedCPUs: String?
    /// `voluntary_ctxt_switches`: it gave up the CPU to wait.
    public var voluntarySwitches: UInt64?
    /// `nonvoluntary_ctxt_switches`: the CPU was taken from it.
    public var involuntarySwitches: UInt64?

    /// Parses one read of the file. The task's name cannot imitate a line: the kernel writes its
    /// newlines as `\n` here.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var users: (real: UserID, effective: UserID)?
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            if cursor.skip("Uid:\t") {
                let real = UserID(try cursor.unsigned())
                try cursor.expect(.tab)
                users = (real, UserID(try cursor.unsigned()))
            } else if cursor.skip("TracerPid:\t") {
                let number = try cursor.signed(Int32.self)
                tracer = number == 0 ? nil : ProcessID(number)
            } else if cursor.skip("Threads:\t") {
                threadCount = try cursor.signed()
            } else if cursor.skip("VmSize:") {
                addressSpace = try cursor.kibibytes()
            } else if cursor.skip("VmHWM:") {
                peakResidentMemory = try cursor.kibibytes()
            } else if cursor.skip("VmRSS:") {
                residentMemory = try cursor.kibibytes()
            } else if cursor.skip("RssAnon:") {
                anonymousMemory = try cursor.kibibytes()
            } else if cursor.skip("RssFile:") {
                fileMemory = try cursor.kibibytes()
            } else if cursor.skip("RssShmem:") {
                sharedMemory = try cursor.kibibytes()
            } else if cursor.skip("VmSwap:") {
                swap = try cursor.kibibytes()
            } else if cursor.skip("Cpus_allowed_list:\t") {
                allowedCPUs = bytes.text(in: try cursor.restOfLine())
                continue
            } else if cursor.skip("voluntary_ctxt_switches:\t") {
                voluntarySwitches = try cursor.unsigned()
            } else if cursor.skip("nonvoluntary_ctxt_switches:\t") {
                involuntarySwitches = try cursor.unsigned()
            }
            try cursor.skipLine()
        }
        guard let users else { throw ParseError(.truncated, at: bytes.count) }
        realUser = users.real
        effectiveUser = users.effective
    }
}

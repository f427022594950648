public import Units

/// `/proc/PID/status` and `/proc/PID/task/TID/status`; `proc_pid_status(5)`. Memory figures are the
/// whole process's. A line that this kernel or this kind of task does not have is nil: kernel
/// threads and zombies have no memory lines. What does not parse is nil, too.
public struct TaskStatus: ProcFormat, Hashable, Sendable {
    /// `Uid`: real and effective.
    public var realUser: UserID?
    public var effectiveUser: UserID?
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
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        guard !cursor.isAtEnd else { throw ParseError(.truncated, at: 0) }
        while !cursor.isAtEnd {
            if cursor.skip("Uid:\t") {
                realUser = cursor.unsigned("Uid", &faults).map { UserID($0) }
                cursor.skipBlanks()
                effectiveUser = cursor.unsigned("Uid", &faults).map { UserID($0) }
            } else if cursor.skip("TracerPid:\t") {
                let number = cursor.unsigned("TracerPid", &faults, as: UInt32.self)
                tracer = number.flatMap { $0 == 0 ? nil : Int32(exactly: $0) }.map { ProcessID($0) }
            } else if cursor.skip("Threads:\t") {
                threadCount = cursor.count("Threads", &faults)
            } else if cursor.skip("VmSize:") {
                addressSpace = cursor.kibibytes("VmSize", &faults)
            } else if cursor.skip("VmHWM:") {
                peakResidentMemory = cursor.kibibytes("VmHWM", &faults)
            } else if cursor.skip("VmRSS:") {
                residentMemory = cursor.kibibytes("VmRSS", &faults)
            } else if cursor.skip("RssAnon:") {
                anonymousMemory = cursor.kibibytes("RssAnon", &faults)
            } else if cursor.skip("RssFile:") {
                fileMemory = cursor.kibibytes("RssFile", &faults)
            } else if cursor.skip("RssShmem:") {
                sharedMemory = cursor.kibibytes("RssShmem", &faults)
            } else if cursor.skip("VmSwap:") {
                swap = cursor.kibibytes("VmSwap", &faults)
            } else if cursor.skip("Cpus_allowed_list:\t") {
                if let newline = cursor.firstOffset(of: .newline) {
                    allowedCPUs = bytes.text(in: cursor.offset..<newline)
                }
            } else if cursor.skip("voluntary_ctxt_switches:\t") {
                voluntarySwitches = cursor.unsigned("voluntary_ctxt_switches", &faults)
            } else if cursor.skip("nonvoluntary_ctxt_switches:\t") {
                involuntarySwitches = cursor.unsigned("nonvoluntary_ctxt_switches", &faults)
            }
            cursor.passLine(&faults)
        }
        if effectiveUser == nil { faults.noteMissing("Uid") }
    }
}

import Fields

/// The columns of what probes find.
extension Column {
    static func columns(of page: ProbePage) -> [Column] {
        switch page {
        case .functions: functionColumns
        case .callTree: callColumns
        case .threads: sampledThreadColumns
        case .systemCalls: systemCallColumns
        case .waits: waitColumns
        case .stacks: stackColumns
        }
    }

    private static let selfShare = Column(
        "selfShare", "SELF%", 6, priority: 0, "of the samples, those in this function itself")
    private static let totalShare = Column(
        "totalShare", "TOTAL%", 6, priority: 1,
        "of the samples, those in it or in what it called, counted once where it calls itself")
    private static let samples = Column(
        "samples", "COUNT", 6, priority: 3,
        "samples; of page faults the memory they brought in")
    private static let function = Column(
        "function", "FUNCTION", 20, priority: 0, flexible: true, text: true,
        "demangled; file+offset where no symbol is known; ? by a guess from the stack")
    private static let module = Column(
        "module", "MODULE", 16, priority: 2, text: true,
        "the file it is in; [kernel], [vdso], [jit]"
    )

    private static let functionColumns = [selfShare, totalShare, samples, function, module]
    private static let callColumns = [totalShare, selfShare, samples, function, module]

    private static let sampledThreadColumns = [
        Column("totalShare", "SHARE%", 6, priority: 0, "of the samples, those of this thread"),
        samples,
        Column("tid", "TID", 7, priority: 0, "thread"),
        Column("name", "NAME", 15, priority: 0, flexible: true, text: true, "name of the thread"),
        Column("pid", "PID", 7, priority: 1, "its process"),
    ]

    private static let systemCallColumns = [
        Column("callCount", "COUNT", 7, priority: 0, "calls entered; - where it was only polled"),
        Column("callRate", "CALLS/s", 7, priority: 1, "of them, a second"),
        Column("share", "SHARE%", 6, priority: 2, "of all calls; polled: of all looks"),
        Column("errors", "ERR", 6, priority: 3, "calls that returned an error"),
        Column("meanTime", "MEAN", 7, priority: 4, "mean time from entry to return"),
        Column("callTime", "TIME", 7, priority: 5, "time in it, together"),
        Column(
            "call", "CALL", 18, priority: 0, flexible: true, text: true, "name of the system call"),
    ]

    private static let waitColumns = [
        Column("share", "SHARE%", 6, priority: 0, "of all looks, those that found it here"),
        Column(
            "longest", "LONGEST", 7, priority: 3,
            "the longest time it was found here; a wake and sleep between two looks is not seen"),
        Column(
            "call", "CALL", 16, priority: 0, text: true,
            "system call it sleeps in; [running] on a CPU or waiting for one"),
        Column(
            "waitChannel", "WCHAN", 18, priority: 2, text: true,
            "function of the kernel it sleeps in"
        ),
        Column(
            "object", "WAITS FOR", 20, priority: 1, flexible: true, text: true,
            "file, socket with its peer, or futex with the threads that wait there, too"),
    ]

    private static let stackColumns = [
        Column("threads", "THR", 5, priority: 0, "threads with this very stack"),
        Column("state", "S", 2, priority: 1, text: true, "their states"),
        Column(
            "stack", "STACK", 40, priority: 0, flexible: true, text: true,
            "from where it is to who called that; ? by a guess; Enter shows it line by line"),
    ]
}

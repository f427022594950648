/// The columns of view 3 and of a process's mappings.
extension Column {
    static let memoryColumns = [
        Column(.pid, "PID", 7, priority: 0, "process"),
        Column(
            .command, "COMMAND", 16, priority: 0, flexible: true, text: true,
            "command line; the digit before it marks its curve"),
        Column(.anonymous, "ANON", 5, priority: 3, "anonymous memory: what it wrote to"),
        Column(.swap, "SWAP", 5, priority: 4, "its anonymous memory that is swapped out"),
        Column(
            .fiveMinuteChange, "+/5m", 6, priority: 5,
            "growth of anonymous memory and swap in 5 minutes; - below 1M: not kept"
        ),
        Column(
            .hourChange, "+/1h", 6, priority: 0,
            "the same over an hour, or what is recorded: the head says how long"),
        Column(
            .dayChange, "+/24h", 6, priority: 6,
            "the same over a day, once more than an hour is known"
        ),
        Column(
            .shape, "SHAPE", 8, priority: 2, text: true,
            "how it ran in the last hour: linear, plateau, step, sawtooth, rising floor, flat"),
        Column(
            .timeLeft, "LEFT", 5, priority: 1,
            "time until the first limit at this rate: its group's, the host's memory, its addresses"
        ),
        Column(.faults, "FLT/s", 5, priority: 7, "page faults, minor and major"),
        Column(
            .rate, "+/s", 6, priority: 8, "slope over the last hour, where one says something"),
        Column(.resident, "RSS", 5, priority: 9, "resident memory"),
        Column(.file, "FILE", 5, priority: 10, "resident pages of mapped files"),
        Column(.shared, "SHM", 5, priority: 11, "resident shared memory"),
        Column(.peak, "PEAK", 5, priority: 12, "the most that was ever resident"),
        Column(
            .limit, "LIMIT", 5, priority: 13, "the lowest memory.max on the path of its cgroup"),
        Column(.user, "USER", 8, priority: 14, text: true, "owner, by /etc/passwd"),
        Column(.cgroup, "CGROUP", 24, priority: 15, text: true, "control group"),
    ]

    static let mappingColumns = [
        Column(
            .kind, "KIND", 7, priority: 0, text: true,
            "heap, arena (malloc of threads), anon, stack, file, shared, hugetlb, kernel"),
        Column(.count, "COUNT", 5, priority: 3, "mappings in this group"),
        Column(.size, "SIZE", 5, priority: 4, "addresses, touched or not"),
        Column(.resident, "RSS", 5, priority: 2, "resident memory"),
        Column(.proportional, "PSS", 5, priority: 6, "RSS, each page divided by its users"),
        Column(.anonymous, "ANON", 5, priority: 1, "anonymous memory"),
        Column(.swap, "SWAP", 5, priority: 5, "swapped out"),
        Column(.rate, "+/s", 6, priority: 0, "growth a second since the first reading"),
        Column(
            .mapping, "MAPPING", 25, priority: 0, flexible: true, text: true,
            "what it is; of one mapping its first address, too"),
    ]
}

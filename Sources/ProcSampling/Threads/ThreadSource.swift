internal import ProcFormats
internal import Units

/// What delivers the threads' counters: the seam for faster sources.
///
/// The BPF task iterator will fill a table of the whole box in one pass when a refresh begins, and
/// answer all three calls from it. Batched taskstats will answer `times` for the threads that the
/// walk is about to ask for, sixty-four to a request, and leave the rest to the files.
protocol ThreadSource {
    /// The threads of a process, in the order they were created where the kernel tells it.
    func listThreads(of process: ProcessID, into threads: inout [Int32]) throws(ProcError)

    /// CPU time and run delay: cheap and precise. Nil where this kernel does not keep them; `stat`
    /// has to do then.
    func times(of thread: ThreadID, in process: ProcessID) throws(ProcError) -> ThreadTimes?

    /// State, split of the CPU time, faults, last CPU. Decodes the name only if it changed.
    func stat(
        of thread: ThreadID, in process: ProcessID, updating name: inout String
    ) throws(ProcError) -> TaskStat
}

/// What a thread has used since it began.
struct ThreadTimes: Hashable {
    var runTime: Nanoseconds
    /// Nil where only clock ticks are known.
    var runDelay: Nanoseconds?
}

/// Reads `task/TID/schedstat` and `task/TID/stat`.
final class ProcThreadSource: ThreadSource {
    private let reader: ProcReader

    init(reader: ProcReader) {
        self.reader = reader
    }

    func listThreads(of process: ProcessID, into threads: inout [Int32]) throws(ProcError) {
        try reader.list(.process(process, "task"), into: &threads)
        // The files of a captured tree come in any order.
        if !reader.root.isLive { threads.sort() }
    }

    func times(of thread: ThreadID, in process: ProcessID) throws(ProcError) -> ThreadTimes? {
        let schedule: SchedStat
        do throws(ProcError) {
            schedule = try reader.read(.thread(process, thread, "schedstat")) {
                bytes throws(ParseError) in try SchedStat(parsing: bytes)
            }
        } catch .vanished {
            // Gone is the thread or, on some kernels, just this file: `stat` will tell.
            return nil
        }
        if schedule.timeslices == 0, schedule.runTime.rawValue == 0 { return nil }
        return ThreadTimes(runTime: schedule.runTime, runDelay: schedule.runDelay)
    }

    func stat(
        of thread: ThreadID, in process: ProcessID, updating name: inout String
    ) throws(ProcError) -> TaskStat {
        try reader.read(.thread(process, thread, "stat")) { bytes throws(ParseError) in
            let stat = try TaskStat(parsing: bytes)
            if !stat.isNamed(name, in: bytes) { name = stat.name(in: bytes) }
            return stat
        }
    }
}

internal import ProcFormats
internal import Units

/// Reads `task/TID/schedstat` and `task/TID/stat`: works everywhere.
final class ProcThreadSource: ThreadSource {
    private let reader: ProcReader

    init(reader: ProcReader) {
        self.reader = reader
    }

    var kind: ThreadSourceKind { .proc }

    func beginRefresh() {}

    func listThreads(of process: ProcessID, into threads: inout [Int32]) throws(ProcError) {
        try reader.list(.process(process, "task"), into: &threads)
        // The files of a captured tree come in any order.
        if !reader.root.isLive { threads.sort() }
    }

    func times(of thread: ThreadID, in process: ProcessID) throws(ProcError) -> ThreadTimes? {
        let schedule: SchedStat
        do throws(ProcError) {
            schedule = try reader.read(.thread(process, thread, "schedstat"), as: SchedStat.self)
        } catch .vanished {
            // Gone is the thread or, on some kernels, just this file: `stat` will tell.
            return nil
        }
        guard let runTime = schedule.runTime else { return nil }
        if schedule.timeslices == 0, runTime.rawValue == 0 { return nil }
        return ThreadTimes(runTime: runTime, runDelay: schedule.runDelay)
    }

    func stat(
        of thread: ThreadID, in process: ProcessID, updating name: inout String
    ) throws(ProcError) -> TaskStat {
        try reader.read(.thread(process, thread, "stat")) { bytes, faults throws(ParseError) in
            let stat = try TaskStat(parsing: bytes, noting: &faults)
            // It says of whom it is, and the file's name does.
            guard stat.id == thread.rawValue else { throw ParseError(.unexpected, at: 0) }
            if !stat.isNamed(name, in: bytes) { name = stat.name(in: bytes) }
            return stat
        }
    }
}

internal import ProcFormats
internal import Units

/// What delivers the threads' figures. There are three, and `ThreadSourceChoice` takes the best that
/// works here:
///
/// - `TaskIteratorSource`: the kernel tells in one pass of every thread of the machine that ran since
///   the pass before: 0.2 to 0.5 us for each. `ThreadWalk` takes over what it says.
/// - `TaskstatsSource`: the kernel is asked for 64 threads at once, 2.2 us for each, for those whom
///   `ThreadWalk` wants to know of.
/// - `ProcThreadSource`: the same from two files of each thread, 5 and 8 us.
///
/// All give the same figures. What none but the files tells, they take from the files.
protocol ThreadSource: AnyObject {
    var kind: ThreadSourceKind { get }

    /// Begins a refresh. Throws where the source gives nothing any more: another one has to do from
    /// here on.
    func beginRefresh() throws(ThreadSourceRefusal)

    /// The threads of a process that ran since the refresh before, or could run; at first, all. Nil
    /// where the source has to be asked for each thread.
    func records(of process: ProcessID) -> TaskRecords?

    /// The threads of a process, in the order they were created where the kernel tells it.
    func listThreads(of process: ProcessID, into threads: inout [Int32]) throws(ProcError)

    /// It is worth telling whose times will be asked for next.
    var answersManyAtOnce: Bool { get }

    /// Tells whose times will be asked for next, most likely in that order.
    func expect(_ threads: [Int32])

    /// CPU time and run delay: cheap and precise. Nil where this kernel does not keep them; `stat`
    /// has to do then.
    func times(of thread: ThreadID, in process: ProcessID) throws(ProcError) -> ThreadTimes?

    /// State, split of the CPU time, faults, last CPU. Decodes the name only if it changed.
    func stat(
        of thread: ThreadID, in process: ProcessID, updating name: inout String
    ) throws(ProcError) -> TaskStat
}

extension ThreadSource {
    var answersManyAtOnce: Bool { false }
    func expect(_ threads: [Int32]) {}
    func records(of process: ProcessID) -> TaskRecords? { nil }
}

/// A source that leaves something to the files: what it does not answer itself, they do.
protocol FileBackedSource: ThreadSource {
    var files: ProcThreadSource { get }
}

extension FileBackedSource {
    func listThreads(of process: ProcessID, into threads: inout [Int32]) throws(ProcError) {
        try files.listThreads(of: process, into: &threads)
    }

    func times(of thread: ThreadID, in process: ProcessID) throws(ProcError) -> ThreadTimes? {
        try files.times(of: thread, in: process)
    }

    func stat(
        of thread: ThreadID, in process: ProcessID, updating name: inout String
    ) throws(ProcError) -> TaskStat {
        try files.stat(of: thread, in: process, updating: &name)
    }
}

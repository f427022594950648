internal import CLinux
internal import Glibc
internal import ProcFormats
internal import SystemPackage
internal import Units

/// Has the kernel tell of every thread that ran, in one pass a refresh: see `TaskIterator.c`.
///
/// What is told. A thread that runs or could run is told of in every pass. One that sleeps is told of
/// if it was put on a CPU since the pass before: if not, its figures are what they were. "Since" is
/// since this very thread, which reads the pass, was last put on a CPU before it, less a margin for
/// clocks of CPUs that differ: by the scheduler's own clock, which is no other.
///
/// Nothing is missed but this: a thread that was on a CPU at the pass before since long ago, and went
/// to sleep since. That is one for each CPU at most, and it was told of as running then: `ThreadWalk`
/// asks the files for those.
///
/// Error bound. CPU time of a thread that runs lags by up to a scheduler tick, as everywhere. A thread
/// that is interrupted on its way to sleep is not counted as put on a CPU when it goes on: the few
/// microseconds it takes to fall asleep are told when it wakes, and so is the tick that one was late
/// with. A frozen control group changes states without anything running: every
/// `SamplingPlan.fullPassPeriod`, and where the kernel does not keep when a thread was put on a CPU,
/// all are told of.
///
/// Worst case. Every thread ran: 0.5 us for each. Threads that ended are found by the number of
/// threads, and cost a listing of their process.
final class TaskIteratorSource: FileBackedSource {
    private var iterator: clinux_task_iterator
    private let table = TaskTable()
    private let clock: SampleClock
    /// For what the iterator does not tell: memory, parents, who has ended.
    let files: ProcThreadSource
    /// When this thread was put on a CPU before the latest pass.
    private var since: UInt64 = 0
    private var fullPassAt: Instant?
    /// Descriptors or memory ran out: each thread has to be asked for this time.
    private var isBlind = false

    init(reader: ProcReader, clock: SampleClock = .kernel) throws(ThreadSourceRefusal) {
        self.clock = clock
        guard reader.root.isLive else { throw .notLive }
        guard PIDNamespace.isFirst == true else {
            throw ThreadSourceRefusal(
                "this pid namespace has numbers of its own, as in a container")
        }
        var layout = try TaskLayout.current().offsets
        iterator = clinux_task_iterator(link: -1, since: -1)
        let error = clinux_open_task_iterator(&iterator, &layout)
        files = ProcThreadSource(reader: reader)
        guard error == 0 else {
            throw Errno(rawValue: error).isDenied
                ? ThreadSourceRefusal("it needs CAP_BPF and CAP_PERFMON", isForWantOfRights: true)
                : ThreadSourceRefusal(Errno(rawValue: error), "the kernel refuses the program")
        }
        try checkClock()
    }

    deinit { clinux_close_task_iterator(&iterator) }

    var kind: ThreadSourceKind { .iterator }

    /// In another time namespace, the files tell start times that differ.
    private func checkClock() throws(ThreadSourceRefusal) {
        try pass(since: 0)
        let own = ProcessID(getpid())
        let told = table.records(of: own).first { $0.tid.rawValue == own.rawValue }
        var name = ""
        let stat = try? files.stat(of: ThreadID(own.rawValue), in: own, updating: &name)
        guard let told, let stat,
            told.id(Machine.current.units).startTime == stat.startTime
        else { throw ThreadSourceRefusal("this time namespace has a clock of its own") }
    }

    func beginRefresh() throws(ThreadSourceRefusal) {
        let now = clock.now
        let isFull = fullPassAt.map { now.since($0) >= SamplingPlan.fullPassPeriod } ?? true
        fullPassAt = isFull ? now : fullPassAt
        do throws(ThreadSourceRefusal) {
            try pass(since: isFull ? 0 : since)
            isBlind = false
        } catch {
            guard error.isPassing else { throw error }
            isBlind = true
            fullPassAt = nil
            return
        }
        let arrival = table.lastArrival(of: clinux_own_thread()) ?? 0
        since = arrival - min(arrival, Self.margin)
    }

    /// CPUs' clocks differ by no more than a tick of the slowest scheduler.
    private static let margin: UInt64 = 20_000_000

    private func pass(since: UInt64) throws(ThreadSourceRefusal) {
        let pass = clinux_begin_task_pass(&iterator, since)
        do throws(Errno) {
            guard pass >= 0 else { throw Errno.current }
            try table.fill(from: pass, at: clock.now)
        } catch {
            throw ThreadSourceRefusal(error, "a pass failed")
        }
    }

    func records(of process: ProcessID) -> TaskRecords? {
        isBlind ? nil : table.records(of: process)
    }
}

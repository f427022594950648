internal import ProcFormats
internal import Units

/// Polls one thread again and again. None of its files can block but `syscall` and `io`, which
/// wait for an execve(2) of its process to end.
final class PollWatch {
    let thread: PolledThread
    private let reader: ProcReader
    private let stat: KeptFile
    /// Opened at the first poll that needs it.
    private var systemCall: KeptFile?
    private var isCallDenied = false
    private var countersDue = Nanoseconds(0)
    private(set) var hasEnded = false
    private let holders: LockHolders
    /// Words that named a holder once.
    private var knownLocks: Set<UInt64> = []

    /// Nil if it is gone.
    init?(_ thread: PolledThread, reader: ProcReader) {
        guard let stat = try? reader.keep(.thread(thread.process.pid, thread.id.tid, "stat"))
        else { return nil }
        self.thread = thread
        self.reader = reader
        self.stat = stat
        holders = LockHolders(TaskHandle(thread.id, of: thread.process.pid))
    }

    /// Nil once it has ended, or if its number was another thread's from the first.
    func readStat() -> TaskStat? {
        let stat = try? reader.read(stat, as: TaskStat.self)
        hasEnded = stat?.startTime != thread.id.startTime
        return hasEnded ? nil : stat
    }

    /// - Parameter stat: as it was read just now.
    func poll(_ stat: TaskStat, at moment: Nanoseconds) -> Poll {
        let isStalled = stat.state == .diskSleep
        var isLimited = false
        var poll = Poll(
            moment: moment, activity: activity(in: stat.state, &isLimited), isStalled: isStalled)
        poll.isLimited = isLimited
        if case .futex(let call, let wait) = poll.activity, wait.isLock || wait.isPerhapsLock {
            poll.holder = holders.holder(
                at: wait.address, isPerhapsLock: wait.isPerhapsLock, isShared: wait.isShared)
            if wait.isPerhapsLock {
                // Nobody holds it for a moment while one hands it to the next.
                if poll.holder != nil { knownLocks.insert(wait.address) }
                if knownLocks.contains(wait.address) {
                    poll.activity = .futex(call, wait.knownAsLock)
                }
            }
        }
        poll.schedule = stat.policy.map {
            ThreadPoll.Schedule(
                policy: $0, nice: stat.nice ?? 0, realTimePriority: stat.realTimePriority ?? 0)
        }
        // Whether it still is the same wait, only the switches tell.
        if isStalled || moment >= countersDue {
            poll.counters = counters(isStalled: isStalled)
            countersDue = moment + SamplingPlan.pollCountersPeriod
        }
        return poll
    }

    private func activity(
        in state: TaskState, _ isLimited: inout Bool
    ) -> Poll.Activity {
        switch state {
        case .running: return .running
        // It may be the very thread for which `syscall` would wait.
        case .diskSleep:
            return .kernel(reader.waitChannel(of: thread.id.tid, in: thread.process.pid))
        default: break
        }
        let place = reader.place(
            of: thread.id.tid, in: thread.process.pid, isCallDenied: &isCallDenied, syscall)
        switch place {
        case .running: return .running
        case .systemCall(let number, let arguments):
            guard let wait = FutexWait(call: number, arguments) else {
                return .systemCall(number)
            }
            isLimited = FutexWait.isLimited(call: number, arguments)
            return .futex(number, wait)
        case .kernel(let function): return .kernel(function)
        case .denied, nil: return .kernel(nil)
        }
    }

    private func syscall() throws(ProcError) -> TaskSyscall {
        if systemCall == nil { systemCall = try reader.keep(file("syscall")) }
        guard let kept = systemCall else { throw .vanished(path: file("syscall").description) }
        return try reader.read(kept) { bytes throws(ParseError) in try TaskSyscall(parsing: bytes) }
    }

    private func file(_ name: StaticString) -> ProcFile {
        .thread(thread.process.pid, thread.id.tid, name)
    }

    private func counters(isStalled: Bool) -> Poll.Counters {
        let status = try? reader.read(file("status"), as: TaskStatus.self)
        // `io` waits for an execve(2) as well.
        let io =
            isStalled
            ? nil
            : try? reader.read(file("io"), as: TaskIO.self)
        return Poll.Counters(
            voluntarySwitches: status?.voluntarySwitches,
            readsAndWrites: io?.calls)
    }
}

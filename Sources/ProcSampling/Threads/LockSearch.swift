internal import ProcFormats
internal import Units

/// Finds threads that wait for a lock, however long ago they fell asleep: who is caught in a deadlock uses
/// no CPU at all. It asks every thread of every process in turn, and then only those that ran since.
struct LockSearch {
    /// To be polled: those that were found waiting, and those that hold what they wait for.
    private(set) var waiting: [PolledThread] = []
    private var next = ProcessID(0)

    /// So many files may be read for a second that passed.
    private static let readsPerSecond = 128.0
    private static let mostReads = 256
    /// Of these there may be thousands; who holds the lock is found from the first.
    private static let mostWaiting = 16
    private static let mostOfProcess = 8
    /// Polls say after so many whether it was by chance.
    private static let leastSamples = 10
    private static let leastShare = Percent(50.0)

    /// Forgets those whose polls say that they wait for locks rarely or not at all.
    mutating func forget(_ polls: [ThreadIdentity: ThreadPoll]) {
        waiting.removeAll { thread in
            guard let poll = polls[thread.id], poll.samples >= Self.leastSamples else {
                return false
            }
            return poll.shareWaitingForLocks < Self.leastShare
        }
    }

    /// - Parameter processes: by number.
    mutating func search(
        _ processes: [TrackedProcess], elapsed: Duration, reader: ProcReader, own: ProcessID?
    ) {
        var left = min(Self.mostReads, Int(Self.readsPerSecond * (elapsed / .seconds(1))))
        let alive = Set(processes.map(\.sample.id))
        waiting.removeAll { !alive.contains($0.process) }
        let first = processes.firstIndex { $0.pid >= next } ?? 0
        for process in processes[first...] + processes[..<first] {
            next = process.pid
            guard left > 0 else { return }
            // Alone it waits for other processes.
            guard process.counters.count > 1, !process.sample.isKernelThread, process.pid != own
            else { continue }
            search(process, &left, reader)
        }
    }

    private mutating func search(
        _ process: TrackedProcess, _ left: inout Int, _ reader: ProcReader
    ) {
        for index in process.counters.indices where left > 0 {
            let runTime = UInt32(truncatingIfNeeded: process.counters[index].runTime.rawValue)
            guard process.counters[index].runTimeAtLockSearch != runTime else { continue }
            process.counters[index].runTimeAtLockSearch = runTime
            let thread = process.sample.threads[index]
            guard thread.state == .sleeping else { continue }
            left -= 1
            guard waitsForLock(thread, reader) else { continue }
            note(
                PolledThread(
                    id: thread.id, process: process.sample.id, name: thread.name,
                    processName: process.sample.name))
        }
    }

    private func waitsForLock(_ thread: ThreadSample, _ reader: ProcReader) -> Bool {
        let file = ProcFile.thread(thread.process, thread.id.tid, "syscall")
        let syscall = try? reader.read(file) { bytes throws(ParseError) in
            try TaskSyscall(parsing: bytes)
        }
        guard let syscall, syscall.isNative,
            case .blocked(let number, let arguments) = syscall.record,
            number == PollWatch.futex
        else { return false }
        return FutexWait(arguments)?.isLock ?? false
    }

    private mutating func note(_ thread: PolledThread) {
        guard waiting.count < Self.mostWaiting,
            waiting.count(where: { $0.process == thread.process }) < Self.mostOfProcess,
            !waiting.contains(where: { $0.id == thread.id })
        else { return }
        waiting.append(thread)
    }
}

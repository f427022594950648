internal import ProcFormats
internal import Units

/// Finds threads that wait for a lock, however long ago they fell asleep: who is caught in a deadlock uses
/// no CPU at all. It asks those that ran just now first, and with what is left all others, a few of each
/// process in turn, until each was asked once since it ran last.
struct LockSearch {
    /// To be polled: those that were found waiting, and those that hold what they wait for.
    private(set) var waiting: [PolledThread] = []
    /// Where the search goes on, of processes with several threads, and of those with one.
    private var next = ProcessID(0)
    private var nextAlone = ProcessID(0)

    /// So many files may be read for a second that passed: about half a millisecond of a CPU.
    private static let readsPerSecond = 32.0
    private static let mostReads = 128
    /// Of each process in one turn: thousands of threads that rest do not keep the others waiting.
    private static let mostInTurn = 8
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
        let alive = Set(processes.map(\.sample.id))
        waiting.removeAll { !alive.contains($0.process) }
        let searched = processes.filter { !$0.sample.isKernelThread && $0.pid != own }
        let many = searched.filter { $0.counters.count > 1 }
        // Who is alone may wait for another process, but rarely does: they come last.
        let alone = searched.filter { $0.counters.count == 1 }
        for process in searched {
            let isAlone = process.counters.count == 1
            if process.wasSearchedAlone != isAlone { process.isSearchedForLocks = false }
            process.wasSearchedAlone = isAlone
        }
        let most = min(Self.mostReads, Int(Self.readsPerSecond * (elapsed / .seconds(1))))
        // Where thousands run, they leave a half to those that do not.
        var left = most / 2
        for processes in [many, alone] {
            for process in processes where !process.touched.isEmpty {
                if left > 0 { search(process, process.touched.lazy.map(Int.init), &left, reader) }
                if left == 0 { process.isSearchedForLocks = false }
            }
        }
        left += most - most / 2
        searchInTurn(many, from: \.next, &left, reader)
        searchInTurn(alone, from: \.nextAlone, &left, reader)
    }

    private mutating func searchInTurn(
        _ processes: [TrackedProcess], from next: WritableKeyPath<LockSearch, ProcessID>,
        _ left: inout Int, _ reader: ProcReader
    ) {
        var isDone = false
        while left > 0, !isDone {
            isDone = true
            let first = processes.firstIndex { $0.pid >= self[keyPath: next] } ?? 0
            for process in processes[first...] + processes[..<first]
            where left > 0 && !process.isSearchedForLocks {
                self[keyPath: next] = ProcessID(process.pid.rawValue + 1)
                var turn = min(left, Self.mostInTurn)
                let before = turn
                search(process, process.counters.indices, &turn, reader)
                left -= before - turn
                if turn < before { isDone = false }
                if turn > 0 { process.isSearchedForLocks = true }
            }
        }
    }

    private mutating func search(
        _ process: TrackedProcess, _ indices: some Sequence<Int>, _ left: inout Int,
        _ reader: ProcReader
    ) {
        for index in indices where left > 0 {
            let mark = mark(of: process.counters[index], in: process)
            guard process.counters[index].lockSearchMark != mark else { continue }
            process.counters[index].lockSearchMark = mark
            let thread = process.sample.threads[index]
            // One that ran when it was read last does not run in a process that is quiet.
            guard thread.state == .sleeping || (thread.state == .running && process.isQuiet)
            else { continue }
            left -= 1
            guard waitsForLock(thread, isAlone: process.counters.count == 1, reader) else {
                continue
            }
            note(
                PolledThread(
                    id: thread.id, process: process.sample.id, name: thread.name,
                    processName: process.sample.name))
        }
    }

    /// Cut to 32 bits. Where only some threads are read, one may have run for microseconds and have fallen
    /// asleep elsewhere, and what is known of its run time stands: once the process is quiet, all are
    /// asked again. So is who was alone: of that only waits for other processes counted.
    private func mark(of thread: ThreadCounters, in process: TrackedProcess) -> UInt32 {
        UInt32(truncatingIfNeeded: thread.runTime.rawValue) &+ process.quietSpells &* 0x9E37_79B1
            &+ (process.wasSearchedAlone ? 0x85EB_CA6B : 0)
    }

    private func waitsForLock(
        _ thread: ThreadSample, isAlone: Bool, _ reader: ProcReader
    ) -> Bool {
        let syscall = try? reader.syscall(of: thread.id.tid, in: thread.process)
        guard let wait = syscall.flatMap({ FutexWait($0) }) else { return false }
        return (wait.isLock || wait.isPerhapsLock) && (wait.isShared || !isAlone)
    }

    private mutating func note(_ thread: PolledThread) {
        guard waiting.count < Self.mostWaiting,
            waiting.count(where: { $0.process == thread.process }) < Self.mostOfProcess,
            !waiting.contains(where: { $0.id == thread.id })
        else { return }
        waiting.append(thread)
    }
}

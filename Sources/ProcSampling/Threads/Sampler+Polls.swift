internal import ProcFormats
internal import Units

/// What the sampler keeps between refreshes to choose whom to poll.
struct PollSearch {
    /// When each process was last tried for contention.
    fileprivate var trials: [ProcessIdentity: Nanoseconds] = [:]
    /// Where the search for threads in state D goes on.
    fileprivate var searchedUpTo = Position(process: ProcessID(0), index: 0)
    fileprivate var locks = LockSearch()
    fileprivate var locksSearchedAt = Nanoseconds(0)

    fileprivate struct Position {
        var process: ProcessID
        var index: Int
    }
}

extension Sampler {
    /// Tells what polls of threads found so far, and chooses who is polled from now on, from
    /// what this refresh read. Costs by the threads that ran.
    func poll(_ host: HostSample) -> [ThreadIdentity: ThreadPoll] {
        guard reader.root.isProcfs else { return [:] }
        let records = pollLane.records
        let polls = records.mapValues(\.poll)
        chooseWhomToPoll(host, records, polls)
        return polls
    }

    private func chooseWhomToPoll(
        _ host: HostSample, _ records: [ThreadIdentity: PollRecord],
        _ polls: [ThreadIdentity: ThreadPoll]
    ) {
        let now = clock.sinceBoot()
        var facts = SamplingPlan.PollFacts(most: pollLane.most, known: Set(records.keys))
        for record in records.values {
            // One that waits again and again is between two waits now and then.
            guard let last = record.stalledAt, now.since(last) <= Self.longestStallBreak
            else { continue }
            facts.stalled.append(record.thread)
        }
        let plan = plan(.changes)
        // Who blocks has to run before, and a source that tells who ran tells the state as well.
        let isToldAll = source.records(of: ProcessID(1)) != nil
        let searched =
            isToldAll
            ? [:]
            : searchForStalled(
                SamplingPlan.stallSearch(blocked: host.blocked, known: facts.stalled.count))
        searchLocks(polls, now)
        facts.waiting = pollSearch.locks.waiting
        let holders = Set(polls.values.flatMap(\.holders.keys))
        let pollsOf = Dictionary(grouping: polls.values, by: \.process)
        for process in processes where isPolled(process) {
            func thread(_ index: Int32) -> PolledThread { polledThread(process, Int(index)) }
            let threads = process.sample.threads
            let stalled = (process.touched + (searched[process.pid] ?? [])).filter {
                threads[Int($0)].state == .diskSleep
            }
            facts.stalled += stalled.map(thread)
            let busy = process.recent.filter { index in
                let thread = threads[Int(index)]
                return plan.isBusy(thread, isKnown: facts.known.contains(thread.id))
            }
            facts.busy += busy.map(thread)
            if !holders.isEmpty {
                facts.waiting += threads.indices.lazy.filter {
                    holders.contains(threads[$0].id.tid)
                }
                .map { thread(Int32($0)) }
            }
            if SamplingPlan.mayContend(
                process.recent.count, host.contextSwitches, process.sample.cpu)
            {
                let id = process.sample.id
                let trial = SamplingPlan.trial(
                    pollSearch.trials[id], polls: pollsOf[id] ?? [], now: now)
                guard trial != .rests else { continue }
                facts.crowds.append(
                    SamplingPlan.Crowd(
                        process: id, threads: process.recent.map(thread), trial: trial,
                        isOneCPU: SamplingPlan.isOneCPU(process.sample.cpu)))
            }
        }
        facts.crowds += crowdsOfProcesses(host, pollsOf, now)
        facts.selected = selectedForPolls(plan.interest)
        let choice = SamplingPlan.polled(facts)
        for process in choice.tried { pollSearch.trials[process] = now }
        pollSearch.trials = pollSearch.trials.filter { now.since($0.value) < Self.trialMemory }
        pollLane.follow(choice.threads)
    }

    /// A thread that waits for a disk again and again, and works in between, is polled on.
    private static let longestStallBreak = Nanoseconds(2_000_000_000)
    /// Whoever was not tried for so long is as good as never tried.
    private static let trialMemory = Nanoseconds(60_000_000_000)

    /// What the kernel or this program itself does is no finding.
    private func isPolled(_ process: TrackedProcess) -> Bool {
        !process.sample.isKernelThread && process.pid != ownProcess
    }

    private func polledThread(_ process: TrackedProcess, _ index: Int) -> PolledThread {
        let thread = process.sample.threads[index]
        return PolledThread(
            id: thread.id, process: process.sample.id, name: thread.name,
            processName: process.sample.name)
    }

    private func selectedForPolls(_ interest: Interest) -> PolledThread? {
        guard let selected = interest.selectedThread else { return nil }
        for process in processes where isPolled(process) {
            if let index = process.sample.threads.firstIndex(where: { $0.id == selected }) {
                return polledThread(process, index)
            }
        }
        return nil
    }

    /// Processes of one parent and name, each with a thread that ran lately: they may share a lock, in
    /// memory that they share.
    private func crowdsOfProcesses(
        _ host: HostSample, _ polls: [ProcessIdentity: [ThreadPoll]], _ now: Nanoseconds
    ) -> [SamplingPlan.Crowd] {
        struct Family: Hashable {
            var parent: ProcessID
            var name: String
        }
        let running = processes.filter { isPolled($0) && !$0.recent.isEmpty }
        guard SamplingPlan.mayContend(running.count, host.contextSwitches) else { return [] }
        return Dictionary(grouping: running) {
            Family(parent: $0.sample.parent, name: $0.sample.name)
        }.compactMap { family, members in
            guard members.count >= SamplingPlan.leastContenders, family.parent.rawValue > 1 else {
                return nil
            }
            // No process has this identity: its trials are those of the family.
            let id = ProcessIdentity(pid: family.parent, startTime: ClockTicks(0))
            let trial = SamplingPlan.trial(
                pollSearch.trials[id], polls: members.flatMap { polls[$0.sample.id] ?? [] },
                now: now)
            guard trial != .rests, trial != .takesTurns else { return nil }
            return SamplingPlan.Crowd(
                process: id, threads: members.map { polledThread($0, Int($0.recent[0])) },
                trial: trial)
        }
    }

    private func searchLocks(_ polls: [ThreadIdentity: ThreadPoll], _ now: Nanoseconds) {
        pollSearch.locks.forget(polls)
        pollSearch.locks.search(
            processes, elapsed: Duration(now.since(pollSearch.locksSearchedAt)), reader: reader,
            own: ownProcess)
        pollSearch.locksSearchedAt = now
    }

    // MARK: Who does not run and cannot be woken

    /// Reads the states of threads that this refresh did not read: of those that ran lately first,
    /// then, if `most` allows for it, of all others in turn. Tells which were read.
    private func searchForStalled(_ search: SamplingPlan.StallSearch) -> [ProcessID: [Int32]] {
        var searched: [ProcessID: [Int32]] = [:]
        var left = search.most
        for process in processes where isPolled(process) {
            guard left > 0 else { return searched }
            for index in process.recent.prefix(left)
            where process.sample.threads[Int(index)].isCarriedOver {
                readState(index, of: process)
                searched[process.pid, default: []].append(index)
                left -= 1
            }
        }
        if search.isOfAll { searchInTurn(most: left, &searched) }
        return searched
    }

    private func searchInTurn(most: Int, _ searched: inout [ProcessID: [Int32]]) {
        // The threads of smaller ones are all read whenever one runs.
        let large = processes.filter { isPolled($0) && $0.counters.count > ThreadWalk.few }
        let next = large.firstIndex { $0.pid >= pollSearch.searchedUpTo.process } ?? 0
        var left = most
        for process in large[next...] + large[..<next] {
            let start =
                process.pid == pollSearch.searchedUpTo.process ? pollSearch.searchedUpTo.index : 0
            let indices = process.counters.indices.dropFirst(start).prefix(left)
            for index in indices.map(Int32.init) {
                readState(index, of: process)
                searched[process.pid, default: []].append(index)
            }
            left -= indices.count
            pollSearch.searchedUpTo = PollSearch.Position(
                process: process.pid, index: indices.endIndex)
            guard left > 0 else { return }
        }
    }

    private func readState(_ index: Int32, of process: TrackedProcess) {
        let known = process.sample.threads[Int(index)]
        var name = known.name
        guard
            let stat = try? source.stat(of: known.id.tid, in: process.pid, updating: &name),
            // Snapshots share the threads until one is written to.
            stat.startTime == known.id.startTime, stat.state != known.state
        else { return }
        process.sample.threads[Int(index)].state = stat.state
    }
}

internal import Glibc
internal import ProcFormats
internal import Units

extension Sampler {
    /// A process seen for the first time. What else is read of it, `refresh` finds out from the
    /// plan.
    func admit(_ pid: ProcessID) throws(ProcError) -> TrackedProcess {
        let gate = try readGate(pid)
        var name = ""
        let (leader, isOfProcess) = try leaderStat(of: pid, updating: &name)
        let process = TrackedProcess(
            sample: ProcessSample(
                id: ProcessIdentity(pid: pid, startTime: leader.startTime), name: name,
                isKernelThread: leader.isKernelThread, state: leader.state,
                totalTime: gate.time ?? Nanoseconds(0)),
            gateTime: gate.time, gateAt: gate.at)
        process.lacksLeader = isOfProcess
        process.childrenTime = leader.childrenTime
        note(leader, of: process)
        return process
    }

    /// One process's part of a refresh: nil when it has ended. Where its number was given to
    /// another process, that one.
    func refresh(
        _ process: TrackedProcess, plan: SamplingPlan, isSwept: Bool
    ) -> TrackedProcess? {
        do throws(ProcError) {
            return try refreshed(process, plan: plan, isSwept: isSwept)
        } catch .vanished {
            return nil
        } catch {
            // Out of descriptors, or denied: what was known stands until the next refresh.
            return process
        }
    }

    private func refreshed(
        _ process: TrackedProcess, plan: SamplingPlan, isSwept: Bool
    ) throws(ProcError) -> TrackedProcess {
        let gate = try readGate(process)
        // A clock that went back is another process's.
        if let time = gate.time, let before = process.gateTime, time < before {
            return try admitted(process.pid, plan: plan)
        }
        let id = process.sample.id
        // What the source told may have run just before the gate was read last.
        func isTold() -> Bool {
            plan.depth != .processesOnly
                && source.records(of: process.pid).map(process.isNews) ?? false
        }
        let hasRun = gate.time == nil || gate.time != process.gateTime || isTold()
        let reads = plan.reads(
            for: SamplingPlan.ProcessFacts(
                isNew: process.isNew, hasRun: hasRun,
                isShown: plan.interest.shownProcesses.contains(id),
                sinceStatus: gate.at.since(process.statusReadAt), isInScope: plan.covers(id),
                lacksThreads: !process.hasThreads, isSwept: isSwept,
                isWaiting: process.sample.runDelay.map { $0 >= SamplingPlan.longWait } ?? false,
                sinceRest: gate.at.since(process.restReadAt),
                hasManyThreads: process.sample.threadCount >= SamplingPlan.manyThreads,
                speaksForGroup: process.speaksForGroup,
                sinceTaskLimit: gate.at.since(process.taskLimitReadAt),
                countsFiles: !tellsOpenFiles,
                sinceOpenFiles: gate.at.since(process.openFilesReadAt),
                isComputing: process.sample.cpu.map { $0 >= SamplingPlan.computing } ?? false,
                talksOverSockets: process.sample.talksOverSockets ?? false,
                sinceSockets: gate.at.since(process.socketsReadAt)))
        if reads.contains(.rest) { process.isNew = false }

        var leader: TaskStat?
        if reads.contains(.stat) {
            let (stat, isOfProcess) = try leaderStat(
                of: process.pid, updating: &process.sample.name)
            guard stat.startTime == id.startTime else {
                return try admitted(process.pid, plan: plan)
            }
            process.lacksLeader = isOfProcess
            note(stat, of: process)
            leader = stat
        }
        advance(process, to: gate, leader: leader, reads: reads, plan: plan)
        if reads.contains(.rest) {
            readRest(process, readsStatus: reads.contains(.status))
            if let leader { readLimits(process, stackStart: leader.stackStart ?? 0) }
        }
        if reads.contains(.status) {
            readStatus(process)
        } else if let leader {
            readParts(
                of: process,
                resident: process.isHeadless
                    ? process.residentAtStat : leader.residentSize ?? process.residentAtStat,
                hasRun: hasRun, plan: plan)
        }
        if process.sample.state == .traced, process.sample.tracer == nil { readStatus(process) }
        if reads.contains(.openFiles) {
            readOpenFiles(process)
            // Services raise their limit after they began.
            if let leader, process.sample.openFiles ?? 0 >= SamplingPlan.manyFiles {
                readLimits(process, stackStart: leader.stackStart ?? 0)
            }
        }
        if reads.contains(.taskLimit) { readTaskLimit(process) }
        if reads.contains(.sockets), !process.sample.isKernelThread, socketSearches > 0 {
            socketSearches -= 1
            readSockets(process)
        }
        readWanted(process, plan: plan)
        if host.standsStill { process.forgetRates() }
        return process
    }

    /// Of its first thread; of the process where that file does not parse, as in a damaged tree.
    private func leaderStat(
        of pid: ProcessID, updating name: inout String
    ) throws(ProcError) -> (stat: TaskStat, isOfProcess: Bool) {
        do throws(ProcError) {
            let thread = ThreadID(pid.rawValue)
            return (try source.stat(of: thread, in: pid, updating: &name), false)
        } catch .malformed {
            let stat = try reader.read(.process(pid, "stat")) {
                bytes, faults throws(ParseError) in
                let stat = try TaskStat(parsing: bytes, noting: &faults)
                guard stat.id == pid.rawValue else { throw ParseError(.unexpected, at: 0) }
                if !stat.isNamed(name, in: bytes) { name = stat.name(in: bytes) }
                return stat
            }
            return (stat, true)
        }
    }

    private func admitted(
        _ pid: ProcessID, plan: SamplingPlan
    ) throws(ProcError) -> TrackedProcess {
        try refreshed(try admit(pid), plan: plan, isSwept: false)
    }

    /// Moves the process on to a new reading of its gate, and its threads with it.
    private func advance(
        _ process: TrackedProcess, to gate: GateReading, leader: TaskStat?,
        reads: SamplingPlan.ProcessReads, plan: SamplingPlan
    ) {
        guard let time = gate.time, let before = process.gateTime else {
            loseGate(process, gate, leader: leader, reads: reads, plan: plan)
            return
        }
        let use = time.since(before)
        let elapsed = gate.at.since(process.gateAt)
        // The first full refresh comes right after the first listing: its time goes on. That of a
        // captured tree stands still.
        if host.standsStill || (!Rates.isMeasurable(elapsed) && process.sample.cpu == nil) {
            if let leader, reads.contains(.threads), !(host.standsStill && process.hasThreads) {
                walk(process, use: use, elapsed: nil, leader: leader, reads: reads, plan: plan)
            }
            return
        }
        process.previousGateAt = process.gateAt
        process.gateTime = time
        process.gateAt = gate.at
        process.sample.totalTime = time
        let walksThreads = reads.contains(.threads) && leader != nil
        if use.rawValue == 0, !walksThreads {
            if let leader { process.childrenTime = leader.childrenTime }
            process.settle()
            process.noteQuiet()
            return
        }
        process.sample.cpu = Rates.sum(of: use, in: elapsed)
        if let leader { process.noteChildren(leader, in: elapsed, machine) }
        guard let leader, walksThreads else { return }
        walk(
            process, use: use, elapsed: process.hasThreads ? elapsed : nil, leader: leader,
            reads: reads, plan: plan)
    }

    /// What the process used is not known, by one reading of its gate or by both: of its threads, what
    /// is no rate is.
    private func loseGate(
        _ process: TrackedProcess, _ gate: GateReading, leader: TaskStat?,
        reads: SamplingPlan.ProcessReads, plan: SamplingPlan
    ) {
        process.previousGateAt = gate.at
        process.gateAt = gate.at
        process.gateTime = gate.time
        if let time = gate.time { process.sample.totalTime = time }
        if let leader, reads.contains(.threads) {
            walk(
                process, use: Nanoseconds(0), elapsed: nil, leader: leader, reads: reads,
                plan: plan)
        }
        process.forgetRates()
    }

    private func walk(
        _ process: TrackedProcess, use: Nanoseconds, elapsed: Nanoseconds?, leader: TaskStat,
        reads: SamplingPlan.ProcessReads, plan: SamplingPlan
    ) {
        var walk = ThreadWalk(
            process: process, use: use, elapsed: elapsed, leader: leader, source: source,
            reader: reader, plan: plan, machine: machine, clock: clock,
            scratch: scratch)
        walk.run(readsAll: reads.contains(.everyThread), interestRevision: interestRevision)
        guard let elapsed else { return }
        // Where the process used so little that no thread was read, none used anything to speak of.
        process.sample.hottestCPU = walk.hottest?.cpu ?? (process.touched.isEmpty ? .zero : nil)
        process.sample.hottestThread = walk.hottest?.thread
        process.sample.endedCPU = Rates.sum(of: walk.endedUse, in: elapsed)
        process.sample.runDelay = walk.runDelay
        process.sample.mostDelayed = walk.mostDelayed
        process.sample.minorFaults = Rates.perSecond(walk.minorFaults, in: elapsed)
        process.sample.majorFaults = Rates.perSecond(walk.majorFaults, in: elapsed)
    }

    /// Reads what rows that a person looks at lack. Those whose process ran were read already.
    func readWanted(_ process: TrackedProcess, plan: SamplingPlan) {
        guard process.hasThreads else { return }
        process.markWanted(by: plan, revision: interestRevision)
        guard !process.wanted.isEmpty else { return }
        let extras = ThreadExtras(process: process, reader: reader, plan: plan)
        for index in process.wanted {
            let index = Int(index)
            let lacks =
                process.sample.threads[index].activity == nil
                || process.counters[index].switchesReadAt.nanoseconds == 0
            if lacks {
                // Whether such a thread ran in this interval is not known: its process may have.
                extras.read(index, hasRun: process.gateAt != process.quietUntil, at: clock.now)
                process.touched.append(Int32(index))
            }
        }
    }

    // MARK: What belongs to the process

    /// Takes what the first thread's `stat` says of the process.
    private func note(_ leader: TaskStat, of process: TrackedProcess) {
        if let parent = leader.parent { process.sample.parent = parent }
        process.sample.state = leader.state
        process.sample.nice = leader.nice
        process.sample.hasTerminal = (leader.terminal ?? 0) != 0
        if leader.state != .traced { process.sample.tracer = nil }
        if let count = leader.threadCount { process.sample.threadCount = count }
        noteChildren(leader, of: process)
        guard let resident = residentSize(of: process, leader) else { return }
        process.residentAtStat = resident
        // What `status` said stands while `stat` does not say otherwise: it may be more exact.
        guard process.residentAtStatus != resident else { return }
        // A kernel thread has no memory of its own, a zombie none any more.
        process.sample.residentMemory =
            leader.isKernelThread ? nil : machine.bytes(resident)
        if resident.rawValue == 0 { process.sample.memory = nil }
    }

    /// What `stat` says of the children that have ended, and whether it runs another program now.
    private func noteChildren(_ leader: TaskStat, of process: TrackedProcess) {
        let now = clock.now
        let elapsed = now.since(process.childrenReadAt)
        guard !host.standsStill, Rates.isMeasurable(elapsed) else { return }
        process.sample.childrenFaults = Rates.perSecond(
            from: process.childrenFaults, to: leader.childrenFaults, in: elapsed)
        process.sample.hasExeced =
            process.stackStart != nil && leader.stackStart != process.stackStart
        if process.sample.hasExeced {
            process.sample.talksOverSockets = nil
            process.socketsReadAt = Instant(nanoseconds: 0)
        }
        process.childrenFaults = leader.childrenFaults
        process.stackStart = leader.stackStart
        process.childrenReadAt = now
    }

    private func residentSize(of process: TrackedProcess, _ leader: TaskStat) -> PageCount? {
        guard process.isHeadless else { return leader.residentSize }
        guard let thread = threadBesideFirst(of: process) else { return nil }
        var name = ""
        return (try? source.stat(of: thread, in: process.pid, updating: &name))?.residentSize
    }

    private func threadBesideFirst(of process: TrackedProcess) -> ThreadID? {
        process.sample.threads.last { $0.id.tid.rawValue != process.pid.rawValue }?.id.tid
            ?? reader.root.threadBesideFirst(of: process.pid)
    }

    /// A file that tells of the whole process.
    func file(_ name: StaticString, of process: TrackedProcess) -> ProcFile {
        guard process.isHeadless, let thread = threadBesideFirst(of: process) else {
            return .process(process.pid, name)
        }
        return .thread(process.pid, thread, name)
    }

    /// The user, and from the slow lane the command line and the control group.
    private func readRest(_ process: TrackedProcess, readsStatus: Bool) {
        // The directory belongs to the effective user, except that the kernel gives root those of
        // processes that may not be dumped: of root's, `status` tells whose they really are.
        if !readsStatus, let owner = reader.root.status(of: .process(process.pid, "."))?.st_uid {
            process.sample.user = UserID(owner)
            if owner == 0, !process.sample.isKernelThread { readStatus(process) }
        }
        // A title may be set, and a fork may be seen before its exec to a program of the same name.
        process.askedUnderName = nil
        process.restReadAt = clock.now
    }
}

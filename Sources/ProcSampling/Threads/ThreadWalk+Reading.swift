internal import ProcFormats
internal import Units

/// One thread: from its files to its figures.
extension ThreadWalk {
    mutating func read(_ index: Int) {
        let id = process.sample.threads[index].id
        do throws(ProcError) {
            let times = try source.times(of: id.tid, in: process.pid)
            let now = Instant.now
            let isSame =
                times?.runTime == process.counters[index].runTime
                && process.counters[index].flags.isSuperset(of: [.isKnown, .hasRunDelay])
            if isSame {
                keepAsIs(index, at: now)
                return
            }
            var name = process.sample.threads[index].name
            let stat = try stat(of: id.tid, updating: &name)
            guard stat.startTime == id.startTime else {
                // Its number was given to another thread meanwhile.
                replace(index, by: stat, name: name, times: times, at: now)
                return
            }
            process.sample.threads[index].name = name
            update(index, with: stat, times: times, at: now)
        } catch .vanished {
            hasLostThread = true
            process.counters[index].readAt = .now
        } catch {
            // Denied, or malformed and counted: what was known before stands, as carried over.
            process.counters[index].readAt = .now
            process.carryOver(index)
        }
    }

    func stat(
        of thread: ThreadID, updating name: inout String
    ) throws(ProcError) -> TaskStat {
        if thread.rawValue == process.pid.rawValue {
            name = process.sample.name
            return leader
        }
        return try source.stat(of: thread, in: process.pid, updating: &name)
    }

    /// It did not run since it was read last.
    private mutating func keepAsIs(_ index: Int, at now: Instant) {
        process.counters[index].readAt = now
        process.counters[index].lastUse = 0
        if process.counters[index].quietRefreshes < ThreadCounters.quiet {
            process.counters[index].quietRefreshes += 1
        }
        process.sample.threads[index].rest(
            isCarriedOver: false, process.counters[index].flags)
        noteHottest(index)
        extras(hasRun: false).read(index, at: now)
    }

    private mutating func update(
        _ index: Int, with stat: TaskStat, times: ThreadTimes?, at now: Instant
    ) {
        let before = process.counters[index]
        let runTime = times?.runTime ?? machine.nanoseconds(stat.userTime + stat.systemTime)
        // Counters hold from when they were read, or from when the whole process last stood still.
        let from = max(before.readAt, process.quietUntil)
        let isComparable =
            before.flags.contains(.isKnown) && before.flags.contains(.countsTicks) == (times == nil)
        if isComparable {
            let delta = runTime.since(before.runTime)
            let period: Nanoseconds
            var use = delta
            if from >= process.previousGateAt {
                period = now.since(from)
            } else {
                period = now.since(process.previousGateAt)
                let most = max(unexplained, 0).addingClamped(Int64(clamping: quantum.rawValue))
                use = min(delta, Nanoseconds(UInt64(most)))
            }
            pay(use: use, of: delta)
            show(index, use: use, of: delta, in: period, stat: stat, times: times)
        }
        keep(index, stat: stat, times: times, runTime: runTime, at: now)
        noteHottest(index)
        extras(hasRun: true).read(index, at: now)
    }

    mutating func pay(use: Nanoseconds, of delta: Nanoseconds) {
        unexplained = unexplained.addingClamped(-Int64(clamping: use.rawValue))
        process.debt = process.debt.addingClamped(-Int64(clamping: delta.rawValue))
    }

    private mutating func show(
        _ index: Int, use: Nanoseconds, of delta: Nanoseconds, in period: Nanoseconds,
        stat: TaskStat, times: ThreadTimes?
    ) {
        let before = process.counters[index]
        process.counters[index].lastUse = UInt32(clamping: use.rawValue / 1000)
        process.counters[index].quietRefreshes = use.rawValue > 0 ? 0 : before.quietRefreshes
        if use.rawValue > 0 { process.counters[index].flags.insert(.isRecent) }

        let step = times == nil ? machine.clockTick : machine.schedulerTick
        guard let cpu = Rates.share(of: use, in: period, quantum: step) else { return }
        let split = Rates.split(
            cpu,
            userTicks: stat.userTime.advance(from: before.userTicks),
            systemTicks: stat.systemTime.advance(from: before.systemTicks),
            lifetimeUser: stat.userTime, lifetimeSystem: stat.systemTime)
        // Of several intervals' faults, this one gets its part of the CPU time.
        let part = delta.rawValue == 0 ? 1 : Double(use.rawValue) / Double(delta.rawValue)
        let minor = UInt64(
            Double(UInt32(truncatingIfNeeded: stat.minorFaults) &- before.minorFaults) * part)
        let major = UInt64(
            Double(UInt32(truncatingIfNeeded: stat.majorFaults) &- before.majorFaults) * part)
        minorFaults += minor
        majorFaults += major

        process.sample.threads[index].cpu = cpu
        process.sample.threads[index].user = split.user
        process.sample.threads[index].system = split.system
        process.sample.threads[index].minorFaults = Rates.perSecond(minor, in: period)
        process.sample.threads[index].majorFaults = Rates.perSecond(major, in: period)
        if let delay = times?.runDelay, before.flags.contains(.hasRunDelay),
            process.isBaseline(before.readAt)
        {
            process.sample.threads[index].runDelay = Rates.share(
                of: delay.since(before.runDelay), in: period, quantum: Nanoseconds(0))
        } else {
            process.sample.threads[index].runDelay = nil
        }
    }

    mutating func keep(
        _ index: Int, stat: TaskStat, times: ThreadTimes?, runTime: Nanoseconds, at now: Instant
    ) {
        process.sample.threads[index].isCarriedOver = false
        process.sample.threads[index].state = stat.state
        process.sample.threads[index].processor = Int16(exactly: stat.processor)
        process.sample.threads[index].totalTime = runTime
        process.counters[index].keep(stat)
        process.counters[index].readAt = now
        process.counters[index].runTime = runTime
        process.counters[index].runDelay = times?.runDelay ?? Nanoseconds(0)
        process.counters[index].flags.insert(.isKnown)
        process.counters[index].flags.set(.countsTicks, times == nil)
        process.counters[index].flags.set(.hasRunDelay, times?.runDelay != nil)
    }

    private mutating func noteHottest(_ index: Int) {
        guard let cpu = process.sample.threads[index].cpu else { return }
        if cpu >= hottest?.cpu ?? .zero { hottest = (cpu, process.sample.threads[index].id) }
    }

    mutating func noteDelay(_ index: Int) {
        let thread = process.sample.threads[index]
        guard let delay = thread.runDelay, let cpu = thread.cpu else { return }
        runDelay = Percent((runDelay?.rawValue ?? 0) + delay.rawValue)
        guard delay > mostDelayed?.runDelay ?? .zero else { return }
        mostDelayed = DelayedThread(
            id: thread.id, cpu: cpu, system: thread.system, runDelay: delay,
            voluntarySwitches: thread.voluntarySwitches)
    }

    func extras(hasRun: Bool) -> ThreadExtras {
        ThreadExtras(process: process, reader: reader, plan: plan, hasRun: hasRun)
    }
}

extension ThreadCounters.Flags {
    fileprivate mutating func set(_ flag: Self, _ isSet: Bool) {
        if isSet { insert(flag) } else { remove(flag) }
    }
}

extension ClockTicks {
    /// Ticks since a count that was cut to 32 bits.
    fileprivate func advance(from earlier: UInt32) -> UInt64 {
        let now = UInt32(truncatingIfNeeded: rawValue)
        // Sampled ticks are scaled to the precise sum and may go back by one.
        let ticks = Int32(bitPattern: now &- earlier)
        return ticks > 0 ? UInt64(ticks) : 0
    }
}

internal import ProcFormats
internal import Units

/// One thread: from its files to its figures.
extension ThreadWalk {
    mutating func read(_ index: Int) {
        let id = process.sample.threads[index].id
        do throws(ProcError) {
            let times = try source.times(of: id.tid, in: process.pid)
            let now = clock.now
            let isSame =
                times?.runTime == process.counters[index].runTime
                && process.counters[index].flags.isSuperset(of: [.isKnown, .hasRunDelay])
            let isKnownInFull = !process.counters[index].flags.contains(.hasOldFigures)
            if isSame, isKnownInFull {
                keepAsIs(index, at: now)
                return
            }
            if let times, !mustReadInFull(index, runTime: times.runTime, at: now) {
                if isSame { keepAsIs(index, at: now) } else { updateTimes(index, times, at: now) }
                return
            }
            var name = process.sample.threads[index].name
            let figures = try figures(of: id.tid, updating: &name)
            guard figures.id == id else {
                // Its number was given to another thread meanwhile.
                replace(index, by: figures, name: name, times: times, at: now)
                return
            }
            process.sample.threads[index].name = name
            update(index, with: figures, times: times, at: now)
        } catch .vanished {
            hasLostThread = true
            process.counters[index].readAt = clock.now
        } catch {
            // Denied, or malformed and counted: what was known before stands, as carried over.
            process.counters[index].readAt = clock.now
            process.carryOver(index)
        }
    }

    func figures(
        of thread: ThreadID, updating name: inout String
    ) throws(ProcError) -> ThreadFigures {
        if thread.rawValue == process.pid.rawValue, !process.lacksLeader {
            name = process.sample.name
            return ThreadFigures(leader)
        }
        return ThreadFigures(try source.stat(of: thread, in: process.pid, updating: &name))
    }

    /// Whether to read more than times of a thread that ran; see `SamplingPlan.isReadInFull`.
    private mutating func mustReadInFull(
        _ index: Int, runTime: Nanoseconds, at now: Instant
    ) -> Bool {
        let counters = process.counters[index]
        guard counters.flags.contains(.isKnown), !counters.flags.contains(.countsTicks) else {
            return true
        }
        let (use, period) = part(of: runTime.since(counters.runTime), since: counters, at: now)
        let isFull = plan.isReadInFull(
            SamplingPlan.ThreadFacts(
                index: index, isWanted: counters.flags.contains(.isWanted),
                isAsleep: process.sample.threads[index].state == .sleeping,
                cpu: Rates.sum(of: use, in: period), fullReads: fullReads))
        if isFull { fullReads += 1 }
        return isFull
    }

    /// One of very many that ran: its state and its faults are read when its turn comes.
    private mutating func updateTimes(_ index: Int, _ times: ThreadTimes, at now: Instant) {
        let before = process.counters[index]
        guard let delta = Rates.change(from: before.runTime, to: times.runTime) else {
            process.sample.threads[index].forgetRates()
            process.counters[index].keep(times, runTime: times.runTime, at: now)
            process.counters[index].flags.insert(.hasOldFigures)
            return
        }
        let (use, period) = part(of: delta, since: before, at: now)
        pay(use: use, of: delta)
        process.counters[index].note(use: use, ranLately: ranLately(use))
        process.sample.threads[index].isCarriedOver = true
        process.sample.threads[index].totalTime = times.runTime
        if let cpu = Rates.share(of: use, in: period, quantum: machine.schedulerTick) {
            process.sample.threads[index].show(
                cpu,
                Rates.split(
                    cpu, userTicks: 0, systemTicks: 0,
                    lifetimeUser: ClockTicks(UInt64(before.userTicks)),
                    lifetimeSystem: ClockTicks(UInt64(before.systemTicks))))
            process.sample.threads[index].forgetFigures()
            showWaits(times, since: before, in: period, &process.sample.threads[index])
        }
        process.counters[index].keep(times, runTime: times.runTime, at: now)
        process.counters[index].flags.insert(.hasOldFigures)
        noteHottest(index)
    }

    /// It did not run since it was read last.
    private mutating func keepAsIs(_ index: Int, at now: Instant) {
        process.counters[index].readAt = now
        process.counters[index].lastUse = 0
        if process.counters[index].quietRefreshes < ThreadCounters.quiet {
            process.counters[index].quietRefreshes += 1
        }
        process.sample.threads[index].rest(
            isCarriedOver: process.counters[index].flags.contains(.hasOldFigures),
            process.counters[index].flags)
        noteHottest(index)
        extras.read(index, hasRun: false, at: now)
    }

    mutating func update(
        _ index: Int, with figures: ThreadFigures, times: ThreadTimes?, at now: Instant
    ) {
        let before = process.counters[index]
        guard let runTime = runTime(figures, times) else {
            loseTimes(index, figures, at: now)
            return
        }
        let isComparable =
            before.flags.contains(.isKnown) && before.flags.contains(.countsTicks) == (times == nil)
        if isComparable {
            if let delta = Rates.change(from: before.runTime, to: runTime) {
                let (use, period) = part(of: delta, since: before, at: now)
                pay(use: use, of: delta)
                process.counters[index].note(use: use, ranLately: ranLately(use))
                show(
                    use, of: delta, in: period, figures, times, since: before,
                    &process.sample.threads[index])
            } else {
                process.sample.threads[index].forgetRates()
            }
        }
        keep(index, figures, times: times, runTime: runTime, at: now)
        noteHottest(index)
        extras.read(index, hasRun: true, at: now)
    }

    /// By the clock of the scheduler, else in ticks; nil where neither is known.
    func runTime(_ figures: ThreadFigures, _ times: ThreadTimes?) -> Nanoseconds? {
        times?.runTime ?? figures.cpuTime.map(machine.nanoseconds)
    }

    /// Takes in what is known of a thread whose times do not parse: no rate now nor at the next
    /// reading.
    mutating func loseTimes(_ index: Int, _ figures: ThreadFigures, at now: Instant) {
        let total = process.sample.threads[index].totalTime
        process.sample.threads[index].show(figures, totalTime: total)
        process.sample.threads[index].forgetRates()
        process.counters[index].readAt = now
        process.counters[index].flags.remove(.isKnown)
        extras.read(index, hasRun: true, at: now)
    }

    /// How much of what a thread used since it was read belongs to this interval, and how long that
    /// is.
    private func part(
        of delta: Nanoseconds, since before: ThreadCounters, at now: Instant
    ) -> (use: Nanoseconds, period: Nanoseconds) {
        if let passPeriod { return (delta, passPeriod) }
        // Counters hold from when they were read, or from when the whole process last stood still.
        let from = max(before.readAt, process.quietUntil)
        if from >= process.previousGateAt { return (delta, now.since(from)) }
        let most = max(unexplained, 0).addingClamped(Int64(clamping: quantum.rawValue))
        return (min(delta, Nanoseconds(UInt64(most))), now.since(process.previousGateAt))
    }

    /// Whether a thread is to be read first at the next refreshes. Of those that were searched for,
    /// all that used anything; but a source that tells of all tells of many that hardly did.
    private func ranLately(_ use: Nanoseconds) -> Bool {
        use.rawValue > (passPeriod?.rawValue ?? 0) / 1000
    }

    mutating func pay(use: Nanoseconds, of delta: Nanoseconds) {
        unexplained = unexplained.addingClamped(-Int64(clamping: use.rawValue))
        process.debt = process.debt.addingClamped(-Int64(clamping: delta.rawValue))
    }

    private mutating func show(
        _ use: Nanoseconds, of delta: Nanoseconds, in period: Nanoseconds,
        _ figures: ThreadFigures, _ times: ThreadTimes?, since before: ThreadCounters,
        _ sample: inout ThreadSample
    ) {
        let step = times == nil ? machine.clockTick : machine.schedulerTick
        guard let cpu = Rates.share(of: use, in: period, quantum: step) else {
            if period.rawValue > 0 { sample.forgetRates() }
            return
        }
        // Of several intervals' faults, this one gets its part of the CPU time, or of the time.
        let part =
            before.figuresReadAt < before.readAt
            ? period.seconds / began.since(before.figuresReadAt).seconds
            : delta.rawValue == 0 ? 1 : Double(use.rawValue) / Double(delta.rawValue)
        let faults = figures.faults(since: before, part: part)
        minorFaults += faults.minor ?? 0
        majorFaults += faults.major ?? 0

        sample.show(cpu, figures.split(of: cpu, since: before))
        sample.show(faults, in: period)
        showWaits(times, since: before, in: period, &sample)
    }

    private func showWaits(
        _ times: ThreadTimes?, since before: ThreadCounters, in period: Nanoseconds,
        _ sample: inout ThreadSample
    ) {
        let isBaseline = passPeriod != nil || process.isBaseline(before.readAt)
        sample.runDelay =
            isBaseline && before.flags.contains(.hasRunDelay)
            ? times?.runDelay.flatMap {
                Rates.change(from: before.runDelay, to: $0).flatMap {
                    Rates.share(of: $0, in: period, quantum: Nanoseconds(0))
                }
            } : nil
        if let switches = times?.switches {
            let isKnown = isBaseline && before.flags.contains(.hasSwitches)
            sample.show(switches, since: before, in: isKnown ? period : nil)
        }
    }

    mutating func keep(
        _ index: Int, _ figures: ThreadFigures, times: ThreadTimes?, runTime: Nanoseconds,
        at now: Instant
    ) {
        process.sample.threads[index].show(figures, totalTime: runTime)
        process.counters[index].keep(figures, times, runTime: runTime, at: now)
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
}

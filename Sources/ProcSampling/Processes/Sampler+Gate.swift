internal import ProcFormats
internal import Units

/// The gate: what a process used since it began, read before anything else of it.
extension Sampler {
    struct GateReading {
        /// Nil where the file of a captured tree does not tell.
        var time: Nanoseconds?
        /// The moment it was read: what elapsed is measured between two of these.
        var at: Instant
    }

    func readGate(_ process: TrackedProcess) throws(ProcError) -> GateReading {
        if let told = toldGate(process) { return told }
        return try readGate(process.pid)
    }

    func readGate(_ pid: ProcessID) throws(ProcError) -> GateReading {
        if reader.root.isLive {
            guard let time = CPUClock.read(pid) else {
                throw .vanished(path: ProcFile.process(pid, "stat").description)
            }
            return GateReading(time: time, at: clock.now)
        }
        let stat = try reader.read(.process(pid, "stat"), as: TaskStat.self)
        return GateReading(
            time: stat.cpuTime.map(machine.nanoseconds), at: clock.now)
    }

    /// The same of a process with very many threads by what the source told of those that ran. Its
    /// clock adds up all of them at 0.2 us each: with five thousand, a tenth of what a refresh costs.
    private func toldGate(_ process: TrackedProcess) -> GateReading? {
        guard process.counters.count >= SamplingPlan.summedThreads, let before = process.gateTime,
            let records = source.records(of: process.pid), let at = records.passedAt,
            at > process.gateAt, let time = process.time(by: records, machine.units), time >= before
        else { return nil }
        return GateReading(time: time, at: at)
    }
}

extension TrackedProcess {
    /// What its threads used together by the latest pass: those that were told of by what was told, the
    /// others what is known, since they did not run.
    ///
    /// Nil where that may not be all: threads came or went, the pass before was not taken over, or one
    /// was running then and is not told of now (see `TaskIteratorSource`).
    func time(by records: TaskRecords, _ units: SystemInfo) -> Nanoseconds? {
        guard hasThreads, toldAt != nil, toldAt == records.passedBefore,
            let ended = records.first?.ended, ended.threadsLeft == counters.count
        else { return nil }
        var total = ended.time
        for index in counters.indices {
            guard counters[index].flags.contains(.isKnown),
                !counters[index].flags.contains(.countsTicks)
            else { return nil }
            total = total + counters[index].runTime
        }
        var running = touched.count { sample.threads[Int($0)].state == .running }
        var index = 0
        for record in records {
            // Both come by number.
            while index < counters.count, sample.threads[index].id.tid < record.tid { index += 1 }
            guard index < counters.count,
                sample.threads[index].id == record.id(units),
                let more = Rates.change(from: counters[index].runTime, to: record.used.runTime)
            else { return nil }
            total = total + more
            if sample.threads[index].state == .running { running -= 1 }
        }
        return running > 0 ? nil : total
    }
}

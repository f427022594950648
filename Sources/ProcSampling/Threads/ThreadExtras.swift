internal import ProcFormats
internal import Units

/// Reads what costs a file of its own and is wanted for few threads: switches and the activity.
struct ThreadExtras {
    let process: TrackedProcess
    let reader: ProcReader
    let plan: SamplingPlan

    /// `hasRun` says that the thread ran since its counters were read last: if not, it made no switch
    /// and is still where it was.
    func read(_ index: Int, hasRun: Bool, at now: Instant) {
        let reads = plan.extraReads(
            of: process.sample.threads[index],
            isWanted: process.counters[index].flags.contains(.isWanted))
        if reads.contains(.activity) {
            if hasRun || process.sample.threads[index].activity == nil {
                process.sample.threads[index].activity = activity(of: index)
            }
        } else if hasRun {
            process.sample.threads[index].activity = nil
        }
        if process.counters[index].flags.contains(.hasSwitches) { return }
        if reads.contains(.switches) {
            readSwitches(index, hasRun: hasRun, at: now)
        } else {
            process.sample.threads[index].voluntarySwitches = nil
            process.sample.threads[index].involuntarySwitches = nil
        }
    }

    private func readSwitches(_ index: Int, hasRun: Bool, at now: Instant) {
        let before = process.counters[index]
        let isFirst = before.switchesReadAt.nanoseconds == 0
        // Read again within one refresh: what it shows was measured then.
        if before.switchesReadAt >= process.gateAt { return }
        let isBaseline = !isFirst && process.isBaseline(before.switchesReadAt)
        if !hasRun, isBaseline {
            process.counters[index].switchesReadAt = now
            process.sample.threads[index].voluntarySwitches = .zero
            process.sample.threads[index].involuntarySwitches = .zero
            return
        }
        process.sample.threads[index].voluntarySwitches = nil
        process.sample.threads[index].involuntarySwitches = nil
        let thread = process.sample.threads[index].id.tid
        guard
            let status = try? reader.read(
                .thread(process.pid, thread, "status"), as: TaskStatus.self),
            let voluntary = status.voluntarySwitches,
            let involuntary = status.involuntarySwitches
        else { return }
        let switches = ThreadSwitches(voluntary: voluntary, involuntary: involuntary)
        let period =
            isBaseline ? now.since(max(before.switchesReadAt, process.quietUntil)) : nil
        process.sample.threads[index].show(switches, since: before, in: period)
        process.counters[index].keep(switches, at: now)
    }

    private func activity(of index: Int) -> Activity? {
        let thread = process.sample.threads[index]
        if thread.state == .running { return .running }
        // It makes no calls.
        if process.sample.isKernelThread {
            return reader.waitChannel(of: thread.id.tid, in: process.pid).map(Activity.waitChannel)
        }
        let place = reader.place(
            of: thread.id.tid, in: process.pid, isCallDenied: &process.isSystemCallDenied
        ) { () throws(ProcError) in try reader.syscall(of: thread.id.tid, in: process.pid) }
        return place.flatMap { Activity($0) }
    }
}

extension Activity {
    /// Nil where it is not told.
    fileprivate init?(_ place: ThreadPlace) {
        switch place {
        case .running: self = .running
        case .systemCall(let number, _): self = .systemCall(number)
        case .kernel(let function?): self = .waitChannel(function)
        case .kernel(nil): return nil
        case .denied: self = .denied
        }
    }
}

internal import ProcFormats
internal import Units

/// Threads that come and go.
extension ThreadWalk {
    /// Lists the threads anew: those that ended go, those that are new are read at once, because
    /// only `stat` tells who they are. Those that stay keep what is known of them.
    mutating func relist() {
        hasListed = true
        do throws(ProcError) {
            try source.listThreads(of: process.pid, into: &scratch.listing)
        } catch {
            if case .failed = error { isCutShort = true }
            return
        }
        // Mostly nothing changed, or some were added at the end.
        let known = process.counters.count
        let same = zip(process.sample.threads, scratch.listing).prefix { $0.id.tid.rawValue == $1 }
            .count
        if same < known || same < scratch.listing.count {
            rearrange(from: same)
            process.rebuildLists()
        }
    }

    private mutating func rearrange(from start: Int) {
        for index in start..<process.counters.count {
            scratch.places[process.sample.threads[index].id.tid.rawValue] = index
        }
        let oldThreads = process.sample.threads[start...]
        let oldCounters = process.counters[start...]
        process.sample.threads.removeSubrange(start...)
        process.counters.removeSubrange(start...)
        // Thousands of threads would otherwise cost up to twice their memory.
        process.sample.threads.reserveCapacity(scratch.listing.count)
        process.counters.reserveCapacity(scratch.listing.count)
        for number in scratch.listing[start...] {
            // A listing that threads come and go under may name one twice: the second finds no
            // place.
            if let place = scratch.places[number] {
                guard place >= 0 else { continue }
                process.sample.threads.append(oldThreads[place])
                process.counters.append(oldCounters[place])
            } else {
                appendNew(ThreadID(number))
            }
            scratch.places[number] = -1
        }
        scratch.places = [:]
    }

    private mutating func appendNew(_ thread: ThreadID) {
        do throws(ProcError) {
            let times = try source.times(of: thread, in: process.pid)
            var name = ""
            let figures = try figures(of: thread, updating: &name)
            process.sample.threads.append(newSample(figures, name: name))
            process.counters.append(ThreadCounters())
            admit(process.counters.count - 1, figures, times: times, at: clock.now)
        } catch .failed {
            isCutShort = true
        } catch {
            // Ended already, or counted as malformed.
        }
    }

    mutating func replace(
        _ index: Int, by figures: ThreadFigures, name: String, times: ThreadTimes?, at now: Instant
    ) {
        process.sample.threads[index] = newSample(figures, name: name)
        process.counters[index] = ThreadCounters()
        process.wantedRevision = -1
        admit(index, figures, times: times, at: now)
    }

    func newSample(_ figures: ThreadFigures, name: String) -> ThreadSample {
        ThreadSample(id: figures.id, process: process.pid, name: name, state: figures.state)
    }

    /// Takes in a thread seen for the first time. What it used pays off debt, since it was most
    /// likely created in this interval; it is no rate yet.
    mutating func admit(
        _ index: Int, _ figures: ThreadFigures, times: ThreadTimes?, at now: Instant
    ) {
        guard let runTime = runTime(figures, times) else {
            loseTimes(index, figures, at: now)
            return
        }
        if elapsed != nil {
            let use = min(runTime, Nanoseconds(UInt64(max(process.debt, 0))))
            pay(use: use, of: use)
            newUse = Nanoseconds(newUse.rawValue + use.rawValue)
        }
        keep(index, figures, times: times, runTime: runTime, at: now)
        // Who used most in its life is read first next time, and then has to show something.
        process.counters[index].flags.insert(.isRecent)
        process.counters[index].lastUse = UInt32(clamping: runTime.rawValue / 1000)
        process.counters[index].quietRefreshes = ThreadCounters.quiet - 1
        extras.read(index, hasRun: true, at: now)
    }
}

internal import ProcFormats
internal import Units

/// Threads of which the source told by itself: all that ran.
extension ThreadWalk {
    /// Takes over what was told. Threads of which nothing was told did not run: their figures stand,
    /// and are as good as read.
    mutating func take(_ records: TaskRecords, revision: Int) {
        passPeriod = records.period
        var next = 0
        var new: [TaskRecord] = []
        if !process.hasThreads { new.reserveCapacity(records.count) }
        for record in records {
            if let index = place(of: record.tid, from: next) {
                take(record, at: index)
                next = index + 1
            } else {
                new.append(record)
            }
        }
        append(new)
        passPeriod = nil
        process.toldAt = records.passedAt
        if leader.threadCount != process.counters.count { relist() }
        process.markWanted(by: plan, revision: revision)
        settleOthers()
    }

    /// Both come by number but for where the numbers wrapped around.
    private func place(of thread: ThreadID, from start: Int) -> Int? {
        let count = process.counters.count
        var index = start
        for _ in 0..<count {
            if index >= count { index = 0 }
            if process.sample.threads[index].id.tid == thread { return index }
            index += 1
        }
        return nil
    }

    private mutating func take(_ record: TaskRecord, at index: Int) {
        let figures = ThreadFigures(record, machine.units)
        let times = record.used
        guard figures.id == process.sample.threads[index].id else {
            replace(index, by: figures, name: record.name, times: times, at: began)
            return
        }
        if !record.isNamed(process.sample.threads[index].name) {
            process.sample.threads[index].name = record.name
        }
        update(index, with: figures, times: times, at: began)
    }

    private mutating func append(_ new: [TaskRecord]) {
        guard !new.isEmpty else { return }
        // Thousands of threads would otherwise cost up to twice their memory.
        process.sample.threads.reserveCapacity(process.counters.count + new.count)
        process.counters.reserveCapacity(process.counters.count + new.count)
        for record in new {
            let figures = ThreadFigures(record, machine.units)
            process.sample.threads.append(newSample(figures, name: record.name))
            process.counters.append(ThreadCounters())
            admit(process.counters.count - 1, figures, times: record.used, at: began)
        }
    }

    /// Of those that ran at the refresh before and are not told of now, the ones that were running
    /// may have gone on for a while. The others are asleep.
    private mutating func settleOthers() {
        for index in process.touched.map(Int.init) where process.counters[index].readAt < began {
            if process.sample.threads[index].state == .running {
                read(index)
            } else {
                process.sample.threads[index].rest(
                    isCarriedOver: false, process.counters[index].flags)
            }
        }
        process.touched.removeAll { process.counters[Int($0)].readAt < began }
        if hasLostThread, !hasListed { relist() }
        finish()
    }
}

internal import Units

// What is read of what a process may run out of.

extension SamplingPlan {
    /// So old may the counts of a process that runs become, five refreshes of a second; see
    /// `standingPeriod`. A leak is a matter of minutes.
    static let countPeriod = Nanoseconds(4_500_000_000)
    /// A process with fewer threads is not asked what limits their number.
    static let manyThreads = 32
    /// The same of all processes of a control group.
    static let manyTasks = 16
    /// Before 6.2 descriptors are counted one by one, about half a microsecond each: of a process
    /// with more than so many the number stays unknown.
    static let mostCountedFiles = 8192
    /// Threads of a process that wait for a CPU so long together may have been put into a group with
    /// a quota.
    static let longWait = Percent(20.0)
    /// With so many open files a process is asked again how many it may have.
    static let manyFiles = 64
    /// With so much CPU a process may be one that is there to compute.
    static let computing = Percent(40.0)
    static let socketPeriod = Nanoseconds(10_000_000_000)
    static let serviceSocketPeriod = Nanoseconds(60_000_000_000)
    /// Of so many processes at a refresh: on a crowded box very many wait.
    static let mostSocketSearches = 16
    /// So many descriptors of a process are searched for sockets, about 3 us each.
    static let mostSearchedFiles = 1024

    /// What is due of the counts. Who leaks has to run for it.
    func countReads(for process: ProcessFacts) -> ProcessReads {
        var reads: ProcessReads = []
        let isWanted = process.isSwept || depth == .everything
        let isFilesDue =
            !process.countsFiles
            && (process.isNew || (process.hasRun && process.sinceOpenFiles >= Self.countPeriod))
        // `status` is read for other reasons, too.
        let age = max(process.sinceStatus, process.sinceOpenFiles)
        let showsFiles = isShownAnew(process, since: age)
        if isWanted || showsFiles || isFilesDue { reads.insert(.openFiles) }
        let isLimitDue =
            (process.hasRun || process.speaksForGroup)
            && process.sinceTaskLimit >= Self.countPeriod
        if process.hasManyThreads || process.speaksForGroup,
            isWanted || process.isShown || isLimitDue
        {
            reads.insert(.taskLimit)
        }
        let mayBeBatch = process.hasRun && (process.isComputing || process.isWaiting)
        // A service mostly remains one.
        let period = process.talksOverSockets ? Self.serviceSocketPeriod : Self.socketPeriod
        if mayBeBatch, process.sinceSockets >= period { reads.insert(.sockets) }
        return reads
    }
}

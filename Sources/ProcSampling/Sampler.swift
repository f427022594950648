internal import Glibc
internal import ProcFormats
internal import Units

/// Reads the machine, refresh by refresh. Synchronous, and of one thread: `SamplingLoop` gives it
/// one.
///
/// What is read for whom is `SamplingPlan`'s to say, how a busy process's threads are read
/// `ThreadWalk`'s. Nothing that is read here can block; see `SlowLane` for what can.
public final class Sampler {
    let reader: ProcReader
    /// Where threads are read; found by trying at the first refresh that reads them.
    private var sources: ThreadSourceChoice
    var source: any ThreadSource { sources.source }
    let machine: Machine
    let clock: SampleClock
    let host: HostSampler
    private var diskReader: DiskReader
    let slowLane: SlowLane
    /// Nil where no control groups are to be seen, or those of another machine.
    let groupReader: MemoryGroupReader?
    let mappingsLane: MappingsLane
    let networkLane: NetworkLane
    let mountsLane: MountsLane
    let pollLane: PollLane
    var pollSearch = PollSearch()
    /// Our own number in the tree that is read.
    let ownProcess: ProcessID?
    let scratch = ThreadWalk.Scratch()
    let cpuGroupReader: CPUGroupReader?
    /// Where the number of tasks is limited, and what reads it.
    let taskGroups: GroupHierarchy?
    let groupFiles = GroupFiles()
    private let hidesProcesses: Bool
    /// The kernel tells the number of open files without having them counted.
    let tellsOpenFiles: Bool

    /// By number, ascending.
    private(set) var processes: [TrackedProcess] = []
    private var listing: [Int32] = []
    /// The count of forks for which `processes` was listed.
    private var listedForks: UInt64?
    private var sweepCursor = 0
    private var sweepCredit: Float = 0

    private var latest: Snapshot?
    /// Of the refresh that goes on, or of the latest.
    private(set) var sequence = -1
    private var lastRefresh: Instant?
    /// From when rates are measured: the last refresh at which the tree's clocks had moved.
    private var ratesSince: Instant?
    /// Processes of a captured tree that the last listing named and that are there in part.
    private var incomplete = 0
    /// How many processes' descriptors this refresh may still search for sockets.
    var socketSearches = 0
    private var ownCPU: OwnCPU
    private(set) var interestRevision = 0
    private var interest = Interest()

    /// Begins with nothing known: the first sample has no rates.
    public convenience init(
        root: ProcRoot, machine: Machine = .current, source: ThreadSourceKind? = nil
    ) {
        self.init(root: root, machine: machine, slowLane: nil, source: source)
    }

    /// - Parameters:
    ///   - clock: What rates are over.
    ///   - hierarchies: Where control groups are; nil where they are found: on the machine, or beside
    ///     the tree.
    ///   - source: Where threads' figures come from; nil for the best that works.
    ///   - threads: Delivers them instead.
    ///   - changed: Called on another thread when more is known of what the interest names and is
    ///     read beside the refreshes, mappings and networks: `amend` has it.
    init(
        root: ProcRoot, machine: Machine, clock: SampleClock = .kernel,
        slowLane: SlowLane? = nil, source: ThreadSourceKind? = nil,
        threads: (any ThreadSource)? = nil,
        hierarchies: GroupHierarchies? = nil, mappingsLane: MappingsLane? = nil,
        networkLane: NetworkLane? = nil, changed: @escaping @Sendable () -> Void = {}
    ) {
        let slowLane = slowLane ?? SlowLane(root: root)
        reader = ProcReader(root: root)
        let hierarchies =
            hierarchies ?? (root.isLive ? .current(reader) : .beside(reader))
        groupReader = hierarchies.memory.map { MemoryGroupReader(hierarchy: $0) }
        cpuGroupReader = hierarchies.cpu.map { CPUGroupReader(hierarchy: $0) }
        taskGroups = hierarchies.tasks
        self.mappingsLane = mappingsLane ?? MappingsLane(root: root, changed: changed)
        self.networkLane = networkLane ?? NetworkLane(root: root, changed: changed)
        pollLane = PollLane(root: root)
        mountsLane = MountsLane(root: root)
        ownProcess = root.link(.host("self")).flatMap { Int32($0) }.map { ProcessID($0) }
        if let threads {
            sources = ThreadSourceChoice(threads, reader: reader)
        } else {
            sources = ThreadSourceChoice(source, reader: reader, clock: clock)
        }
        self.machine = machine
        self.clock = clock
        ownCPU = OwnCPU(clock: clock)
        self.slowLane = slowLane
        host = HostSampler(reader: reader, machine: machine, clock: clock)
        diskReader = DiskReader(reader: reader, clock: clock)
        hidesProcesses = root.hidesProcesses
        // Before 6.2 the size of the directory is zero, for us as for everyone.
        tellsOpenFiles = (root.status(of: .host("self/fd"))?.st_size ?? 0) > 0
    }

    deinit { pollLane.stop() }

    /// One refresh. Rates are over the time that really passed since the one before.
    public func sample(_ interest: Interest, depth: SamplingDepth = .changes) -> Snapshot {
        note(interest)
        sequence += 1
        let plan = plan(depth)
        let began = clock.now
        let passed = lastRefresh.map { began.since($0) } ?? Nanoseconds(0)
        let elapsed = Rates.isMeasurable(passed) ? passed : nil
        if lastRefresh == nil || elapsed != nil { lastRefresh = began }
        let hostSample = host.sample()
        let interval = elapsed.flatMap { _ in host.standsStill ? nil : ratesSince }
            .map { began.since($0) }
        if ratesSince == nil || interval != nil { ratesSince = began }

        if depth != .processesOnly { sources.beginRefresh() }
        listProcesses()
        networkLane.refresh(interest.network, processes: ownersOfSockets)
        socketSearches = SamplingPlan.mostSocketSearches
        let swept = sweptRange(elapsed: elapsed)
        var kept: [TrackedProcess] = []
        kept.reserveCapacity(processes.count)
        for (index, process) in processes.enumerated() {
            let refreshed = refresh(process, plan: plan, isSwept: swept.contains(index))
            if let refreshed { kept.append(refreshed) }
            // It ended, or its number is another process's now.
            if refreshed !== process { slowLane.forget(process.sample.id) }
        }
        processes = kept
        exchangeWithSlowLane()
        if sequence % 4 == 0 { chooseSpeakers() }
        let kills = (latest?.host.oomKills?.total, hostSample.oomKills?.total)
        refreshGroups(plan: plan, hasKill: kills.0 != kills.1)
        mappingsLane.want(interest.mappings)
        mountsLane.refresh {
            processes.filter { !$0.sample.isKernelThread }
                .map { MountReader.Process(id: $0.sample.id, name: $0.sample.name) }
        }
        let polls = depth == .processesOnly ? [:] : poll(hostSample)

        if depth == .everything { networkLane.wait(atMost: Self.longestWait) }

        var snapshot = Snapshot(
            sequence: sequence, time: clock.wallTime(), moment: clock.sinceBoot(),
            interval: interval.map(Duration.init),
            host: hostSample, processes: processes.map(\.sample),
            memoryGroups: groupReader?.groups ?? [:],
            groupGaps: groupReader?.gaps ?? MemoryGroupGaps(isMounted: false),
            cpuGroups: cpuGroupReader?.groups ?? [:], mounts: mountsLane.mounts,
            disks: diskReader.read(standsStill: host.standsStill),
            mappings: mappingsLane.reading, network: networkLane.reading,
            polls: polls, selectedThread: selectedDetail(),
            extent: extent(depth))
        snapshot.ownCost = ownCost()
        snapshot.threadSources = sources.report
        snapshot.trouble = reader.takeTrouble()
        let groups = [groupFiles.trouble, groupReader?.trouble, cpuGroupReader?.trouble]
        for trouble in groups.compactMap(\.self) { snapshot.trouble.add(trouble) }
        snapshot.trouble.unresponsive = slowLane.unresponsiveCount
        snapshot.trouble.incomplete = incomplete
        snapshot.trouble.hidesProcesses = hidesProcesses
        latest = snapshot
        return snapshot
    }

    /// The latest refresh with what a changed interest wants in addition: activity of rows that
    /// came into view, the detail of a thread just chosen. Same sequence number and rates; reads
    /// next to nothing. Nil before the first refresh.
    public func amend(_ interest: Interest) -> Snapshot? {
        guard var snapshot = latest else { return nil }
        note(interest)
        let plan = plan(.changes)
        for process in processes where process.hasThreads {
            readWanted(process, plan: plan)
        }
        for process in processes where interest.shownProcesses.contains(process.sample.id) {
            readMissingParts(of: process)
        }
        mappingsLane.want(interest.mappings)
        networkLane.want(interest.network)
        snapshot.processes = processes.map(\.sample)
        snapshot.mappings = mappingsLane.reading
        snapshot.network = networkLane.reading
        snapshot.selectedThread = selectedDetail()
        latest = snapshot
        return snapshot
    }

    private func note(_ interest: Interest) {
        guard interest != self.interest else { return }
        self.interest = interest
        interestRevision += 1
    }

    func plan(_ depth: SamplingDepth) -> SamplingPlan {
        SamplingPlan(
            interest: interest, depth: depth, gate: reader.root.isLive ? .clock : .ticks,
            turn: sequence)
    }

    private func extent(_ depth: SamplingDepth) -> Snapshot.Extent {
        depth == .processesOnly ? .processesOnly : .complete
    }

    private func selectedDetail() -> ThreadDetail? {
        guard let thread = interest.selectedThread else { return nil }
        let owner = processes.first { process in
            process.sample.threads.contains { $0.id == thread }
        }
        return owner.flatMap { ThreadDetailReader(reader: reader).read(thread, of: $0.sample) }
    }

    private func sweptRange(elapsed: Nanoseconds?) -> Range<Int> {
        let share = SamplingPlan.sweepShare(
            of: processes.count, elapsed: elapsed ?? Nanoseconds(0),
            period: SamplingPlan.sweepPeriod(ofProcesses: processes.count), credit: &sweepCredit)
        if sweepCursor >= processes.count { sweepCursor = 0 }
        let range = sweepCursor..<min(processes.count, sweepCursor + share)
        sweepCursor = range.upperBound
        return range
    }

    // MARK: What is read beside it

    /// A command that prints everything known waits so long for all sockets and their owners.
    private static let longestWait = Duration.seconds(5)

    /// Kernel threads have no descriptors.
    private var ownersOfSockets: [ProcessIdentity] {
        processes.lazy.filter { !$0.sample.isKernelThread }.map(\.sample.id)
    }

    private func exchangeWithSlowLane() {
        for answer in slowLane.collect() {
            guard let process = tracked(answer.process) else { continue }
            process.sample.command = answer.facts.command
            process.sample.cgroup = answer.facts.cgroup
            process.sample.memoryGroup = answer.facts.memoryGroup
            process.sample.lacksMemoryGroup = answer.facts.lacksMemoryGroup
            process.sample.cpuGroup = answer.facts.cpuGroup
            process.taskGroup = answer.facts.taskGroup
        }
        // Those that find no room are asked about at a later refresh.
        let room = slowLane.room
        var questions: [ProcessIdentity] = []
        for process in processes
        where process.askedUnderName != process.sample.name && !process.sample.isKernelThread {
            // A thread in state D may hold the very lock that the read would wait for.
            guard process.sample.state != .diskSleep,
                process.sample.state != .zombie || process.isHeadless,
                !process.sample.threads.contains(where: { $0.state == .diskSleep })
            else { continue }
            guard questions.count < room else { break }
            process.askedUnderName = process.sample.name
            questions.append(process.sample.id)
        }
        slowLane.ask(questions)
    }

    private func tracked(_ id: ProcessIdentity) -> TrackedProcess? {
        var low = 0
        var high = processes.count
        while low < high {
            let middle = (low + high) / 2
            if processes[middle].pid < id.pid { low = middle + 1 } else { high = middle }
        }
        guard low < processes.count, processes[low].sample.id == id else { return nil }
        return processes[low]
    }

    // MARK: Who is there

    /// Brings `processes` up to date. While nobody forked, nobody is new, and the gate finds those
    /// that ended: /proc, whose listing costs a microsecond a process, need not be listed.
    private func listProcesses() {
        if let forks = host.forks, forks == listedForks, reader.root.isLive { return }
        do throws(ProcError) {
            try reader.list(.host("."), into: &listing)
        } catch {
            return
        }
        listedForks = host.forks
        incomplete = 0
        // The kernel lists in order, a captured tree need not.
        if !zip(listing, listing.dropFirst()).allSatisfy({ $0 < $1 }) {
            listing = Set(listing).sorted()
        }
        var merged: [TrackedProcess] = []
        merged.reserveCapacity(listing.count)
        var old = processes[...]
        for number in listing {
            while let first = old.first, first.pid.rawValue < number {
                slowLane.forget(first.sample.id)
                old = old.dropFirst()
            }
            if let first = old.first, first.pid.rawValue == number {
                merged.append(first)
                old = old.dropFirst()
            } else {
                do throws(ProcError) {
                    merged.append(try admit(ProcessID(number)))
                } catch .vanished {
                    // Ended since the listing; in a captured tree it may be there in part.
                    let folder = ProcFile.process(ProcessID(number), ".")
                    if !reader.root.isLive, reader.root.status(of: folder) != nil {
                        incomplete += 1
                    }
                } catch {
                    // It is there but could not be read: list again next time, fork or not.
                    listedForks = nil
                }
            }
        }
        for ended in old { slowLane.forget(ended.sample.id) }
        processes = merged
    }

    // MARK: What it costs

    private func ownCost() -> OwnCost {
        OwnCost(
            process: ownProcess, cpu: ownCPU.share(),
            residentMemory: OwnMemory.residentPages.map(machine.bytes),
            reads: reader.takeReadCount() + groupFiles.takeReadCount()
                + (groupReader?.takeReadCount() ?? 0) + (cpuGroupReader?.takeReadCount() ?? 0))
    }
}

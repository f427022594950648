internal import DequeModule
internal import ProcFormats
public import Samples
public import Units

/// The last fifteen minutes, refresh by refresh: for curves, and for stepping back. A moment comes
/// back with the rows that were read, as they were: processes, threads, CPUs, sockets, counters.
///
/// Bounded by construction. What is as it was at the moment before is kept once; see `RowLog`. Of
/// each moment at most 128 changed threads of 52 bytes are kept on average (and 16,384 more where
/// many change at once), 96 processes of 92, 24 sockets of about 300, and less of all else; standing
/// rows are at most 8,192 threads, 4,096 processes and 4,096 sockets. Of control groups at most 128
/// of 24 bytes, those that limit the memory of processes; while nothing changes in them, once. Names
/// are kept once, at most 16,384 of threads and as many of processes and of groups. Beyond that, and
/// beyond 1,800 moments (900 at one a second) or 36 MB in all, the oldest moments go. 36 MB is
/// reached where all of that changes all the time; it is about 1 MB where 5,000 threads are idle and
/// one spins.
///
/// Not kept are mounts, mappings, routes and polls: what findings made of them, `VerdictLog` has.
public struct History: Sendable {
    /// How far it reaches back.
    public static let span: Duration = .seconds(15 * 60)
    static let mostMoments = 1800
    static let mostGroups = 128
    static let mostSubjects = 16_384
    package static let mostBytes = 36_000_000

    var moments: Deque<Moment> = []
    var threads: RowLog<RecordedThreadRow>
    var processes = RowLog<RecordedProcessRow>(
        RowLimits(rows: 4096, changes: 96, changesAtOnce: 8192))
    private var cpus = RowLog<RecordedProcessorRow>(
        RowLimits(rows: 1024, changes: 32, changesAtOnce: 2048))
    private var cpuGroups = RowLog<ValueRow<String, CPUGroup>>(
        RowLimits(rows: 512, changes: 8, changesAtOnce: 1024))
    private var disks = RowLog<ValueRow<String, DiskSample>>(
        RowLimits(rows: 1024, changes: 32, changesAtOnce: 1024))
    private var network = RecordedNetwork()
    var groups = InternTable<GroupSubject>()
    /// What moments hold beside their own size; what they share is counted once.
    private var momentHeap = 0

    struct Moment: Sendable {
        var sequence: Int
        var time: WallTime
        /// As of the snapshot: time since boot.
        var moment: Nanoseconds
        /// The time rates are over; nil for the first refresh, which has none.
        var interval: Nanoseconds?
        /// Time sampled since the recording began.
        var age: Nanoseconds
        /// When it was: time since the recording began, time that the machine slept included. No
        /// change of the date moves it.
        var at: Nanoseconds
        /// Without its single CPUs.
        var host: HostSample
        var ownCost: OwnCost
        var trouble: SamplingTrouble
        /// Mostly that of the moment before, with which it is shared then.
        var threadSources: ThreadSourceReport?
        /// Shared with the moment before while nothing changes.
        var groups: [RecordedGroupRow]
        var isMounted: Bool
        /// Without rows; shared by the moments that have the same reading.
        var network: RecordedNetwork.Header?
        /// None, or the one that a person looked at; what hardly changes of it is shared.
        var selectedThread: [ThreadDetail]
        /// How many there were.
        var totals: Snapshot.Totals
        /// All that there were have a row.
        var hasAllThreads: Bool
        var hasAllProcesses: Bool
    }

    public init() {
        self.init(threads: RowLimits(rows: 8192, changes: 128, changesAtOnce: 16_384))
    }

    init(threads: RowLimits) { self.threads = RowLog(threads) }

    /// Adds a refresh. One with the sequence number of the latest (see `SamplingLoop`) has more in
    /// it, and takes its place; an earlier one is left out.
    ///
    /// - Parameters:
    ///   - shown: threads that a person looks at: they are kept before all others.
    ///   - sockets: the same of sockets.
    /// - Complexity: O(rows) comparisons, and what is kept costs as much as changed.
    public mutating func record(
        _ snapshot: Snapshot, shown: Set<ThreadIdentity> = [], sockets: Set<SocketID> = []
    ) {
        if let last = moments.last, snapshot.sequence < last.sequence { return }
        let again = moments.last?.sequence == snapshot.sequence
        if snapshot.extent == .processesOnly {
            threads.skip(again: again)
        } else {
            recordThreads(of: snapshot, shown: shown, again: again)
        }
        let limiting = GroupChoice(snapshot, processes: snapshot.processes.indices)
        recordProcesses(of: snapshot, limits: limiting.limits, again: again)
        cpus.record(snapshot.host.cpus, again: again)
        cpuGroups.record(
            snapshot.cpuGroups.lazy.map { ($0.key, $0.value) }, again: again,
            rank: { ($0.throttled?.rawValue ?? 0) + 1 })
        disks.record(
            snapshot.disks.lazy.map { ($0.name, $0) }, again: again,
            rank: { ($0.utilization?.rawValue ?? 0) + 1 })
        let header = network.record(snapshot.network, shown: sockets, again: again)
        // Not before: what both have in common stays in use.
        let before = again ? moments.popLast() : nil
        if let before { momentHeap -= before.heapBytes(beside: moments.last) }
        append(snapshot, limiting: limiting.groups, header)
        if let before { replace(before) }
        trim()
    }

    private mutating func append(
        _ snapshot: Snapshot, limiting: [MemoryGroup], _ header: RecordedNetwork.Header?
    ) {
        let last = moments.last
        let interval = snapshot.interval?.inNanoseconds
        // A machine may have hundreds of CPUs: their figures are rows of their own.
        var host = snapshot.host
        host.cpus = []
        let rows = limiting.map { RecordedGroupRow($0, subject: groups.use(GroupSubject($0))) }
        let isSame = last?.groups == rows
        let known = last?.threadSources
        let sources = known == snapshot.threadSources ? known : snapshot.threadSources
        moments.append(
            Moment(
                sequence: snapshot.sequence, time: snapshot.time, moment: snapshot.moment,
                interval: interval,
                age: (last?.age ?? Nanoseconds(0)) + (interval ?? Nanoseconds(0)),
                at: last.map { Self.next(after: $0, snapshot) } ?? Nanoseconds(0), host: host,
                ownCost: snapshot.ownCost, trouble: snapshot.trouble,
                threadSources: sources, groups: isSame ? last?.groups ?? rows : rows,
                isMounted: snapshot.groupGaps.isMounted, network: header,
                selectedThread: snapshot.selectedThread.map { [$0] } ?? [],
                totals: Snapshot.Totals(snapshot),
                hasAllThreads: snapshot.extent == .complete && threads.standing == threads.total,
                hasAllProcesses: processes.standing == processes.total))
        momentHeap += moments.last?.heapBytes(beside: last) ?? 0
    }

    /// The moment that was appended is this one, with more in it.
    private mutating func replace(_ before: Moment) {
        for row in before.groups { groups.release(row.subject) }
        let last = moments.endIndex - 1
        moments[last].age = before.age
        moments[last].at = before.at
    }

    private mutating func recordThreads(
        of snapshot: Snapshot, shown: Set<ThreadIdentity>, again: Bool
    ) {
        threads.begin(again: again)
        for process in snapshot.processes {
            process.threads.withUnsafeBufferPointer { samples in
                for index in samples.indices {
                    record(samples[index], shown: shown)
                }
            }
        }
        threads.finish()
    }

    private mutating func record(_ thread: ThreadSample, shown: Set<ThreadIdentity>) {
        let subject = ThreadSubject(id: thread.id, process: thread.process)
        let place = threads.place(of: subject)
        let before = place.flatMap { threads.row(at: $0) }
        if let place, let before, before.stands(for: thread, names: threads.details) {
            threads.keep(place)
            return
        }
        let row = RecordedThreadRow(thread, after: before, names: &threads.details)
        let isShown = !shown.isEmpty && shown.contains(thread.id)
        threads.offer(
            row, of: subject, at: place,
            rank: isShown ? .infinity : thread.cpu?.rawValue ?? 0)
    }

    private mutating func recordProcesses(
        of snapshot: Snapshot, limits: [RecordedLimits], again: Bool
    ) {
        processes.begin(again: again)
        for (process, limits) in zip(snapshot.processes, limits) {
            let place = processes.place(of: process.id)
            let before = place.flatMap { processes.row(at: $0) }
            let details = ProcessDetails(process)
            let known = before.flatMap {
                processes.details[$0.details] == details ? $0.details : nil
            }
            var row = RecordedProcessRow(process, details: known ?? .max, limits: limits)
            if let place, row == before {
                processes.keep(place)
                continue
            }
            row.details = processes.details.use(details)
            processes.offer(
                row, of: process.id, at: place, rank: (process.cpu?.rawValue ?? 0) + 1)
        }
        processes.finish()
    }

    /// When a refresh is, after the moment before it.
    ///
    /// Its interval leaves out the time that the machine slept, and refreshes that were not
    /// recorded; `/proc/uptime` counts both. Seconds of difference are a gap, less is how far the
    /// two readings stand apart.
    private static func next(after last: Moment, _ snapshot: Snapshot) -> Nanoseconds {
        let interval = snapshot.interval?.inNanoseconds ?? Nanoseconds(0)
        guard let now = snapshot.host.uptime, let then = last.host.uptime,
            case let passed = now - then, passed > interval.seconds + gapSeconds, passed < 1e9
        else { return last.at + interval }
        return last.at + Nanoseconds(UInt64(passed * 1e9))
    }

    private static let gapSeconds = 2.0

    private mutating func trim() {
        let span = Self.span.inNanoseconds
        while let first = moments.first, let last = moments.last, moments.count > 1 {
            let isTooMuch =
                moments.count > Self.mostMoments || last.age.since(first.age) > span
                || threads.subjects.count > Self.mostSubjects
                || processes.subjects.count > Self.mostSubjects
                || groups.count > Self.mostSubjects || byteCount > Self.mostBytes
            guard isTooMuch else { return }
            threads.dropOldest()
            processes.dropOldest()
            cpus.dropOldest()
            cpuGroups.dropOldest()
            disks.dropOldest()
            network.dropOldest()
            for row in first.groups { groups.release(row.subject) }
            moments.removeFirst()
            momentHeap -= first.heapBytes(beside: moments.first)
        }
    }

    /// Sequence numbers from the oldest to the latest moment; nil while there is none.
    public var sequences: ClosedRange<Int>? {
        guard let first = moments.first, let last = moments.last else { return nil }
        return first.sequence...last.sequence
    }

    /// The recorded sequence number closest to one that may not be recorded.
    public func nearest(to sequence: Int) -> Int? {
        let index = firstIndex(from: sequence)
        let candidates = [index - 1, index].filter(moments.indices.contains)
        return candidates.map { moments[$0].sequence }
            .min { abs($0 - sequence) < abs($1 - sequence) }
    }

    /// The recorded sequence number closest to `distance` (back, if negative) from another one, and
    /// never that one itself while there is one further on; nil if that one is not recorded.
    public func sequence(_ distance: Duration, from sequence: Int) -> Int? {
        let here = firstIndex(from: sequence)
        guard here < moments.count, moments[here].sequence == sequence else { return nil }
        let wanted = moments[here].at.seconds + distance / .seconds(1)
        let further = distance < .zero ? 0..<here : here + 1..<moments.count
        let nearest = further.min { a, b in
            abs(moments[a].at.seconds - wanted) < abs(moments[b].at.seconds - wanted)
        }
        return moments[nearest ?? here].sequence
    }

    /// The time between two recorded moments, whatever the date was set to meanwhile; nil if one of
    /// them is not here.
    public func time(from earlier: Int, to later: Int) -> Duration? {
        let (first, last) = (firstIndex(from: earlier), firstIndex(from: later))
        guard last < moments.count, moments[first].sequence == earlier,
            moments[last].sequence == later
        else { return nil }
        return Duration(moments[last].at.since(moments[first].at))
    }

    /// The latest moment that is at least so much older than the latest of all; nil if none is.
    func lastIndex(aged age: Nanoseconds) -> Int? {
        guard let last = moments.indices.last else { return nil }
        return moments.indices.last { moments[last].age.since(moments[$0].age) >= age }
    }

    /// The first moment of at least this sequence number.
    func firstIndex(from sequence: Int) -> Int {
        var low = 0
        var high = moments.count
        while low < high {
            let middle = (low + high) / 2
            if moments[middle].sequence < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// A moment as it was recorded, with `extent` `.recorded`; nil if it is not here.
    ///
    /// - Complexity: O(rows + changes since the oldest moment).
    public func snapshot(sequence: Int) -> Snapshot? {
        let index = firstIndex(from: sequence)
        guard index < moments.count, moments[index].sequence == sequence else { return nil }
        let moment = moments[index]
        let (samples, limits) = processes(at: index)
        let (groups, gaps) = groups(at: moment, of: samples, limits)
        var host = moment.host
        host.cpus = cpus.cpus(at: index)
        var snapshot = Snapshot(
            sequence: sequence, time: moment.time, moment: moment.moment,
            interval: moment.interval.map(Duration.init), host: host, processes: samples,
            memoryGroups: groups, groupGaps: gaps,
            cpuGroups: Dictionary(
                uniqueKeysWithValues: cpuGroups.rows(at: index).map { ($0.subject, $0.row.value) }),
            disks: disks.rows(at: index).map(\.row.value).sorted { $0.name < $1.name },
            network: moment.network.map { network.reading($0, at: index) },
            selectedThread: moment.selectedThread.first, ownCost: moment.ownCost,
            extent: .recorded(of: moment.totals))
        snapshot.trouble = moment.trouble
        snapshot.threadSources = moment.threadSources
        return snapshot
    }

    /// By number, as those of a snapshot, and what was known of the limits on their memory.
    private func processes(at index: Int) -> ([ProcessSample], [RecordedLimits]) {
        var threadsOf: [ProcessID: [ThreadSample]] = [:]
        for (subject, row) in threads.rows(at: index) {
            threadsOf[subject.process, default: []].append(
                row.sample(of: subject, names: threads.details))
        }
        let rows = processes.rows(at: index).sorted { $0.subject.pid < $1.subject.pid }
        let samples = rows.map { id, row in
            row.sample(
                of: id, processes.details[row.details],
                threads: (threadsOf[id.pid] ?? []).sorted { a, b in
                    (a.id.startTime, a.id.tid) < (b.id.startTime, b.id.tid)
                })
        }
        return (samples, rows.map(\.row.limits))
    }

    /// The groups that had a limit, and why others are missing.
    private func groups(
        at moment: Moment, of samples: [ProcessSample], _ limits: [RecordedLimits]
    ) -> (groups: [String: MemoryGroup], gaps: MemoryGroupGaps) {
        var found: [String: MemoryGroup] = [:]
        for row in moment.groups {
            let group = row.group(of: groups[row.subject])
            found[group.path] = group
        }
        var gaps = MemoryGroupGaps(isMounted: moment.isMounted)
        for (limits, process) in zip(limits, samples) {
            guard let path = process.memoryGroup, found[path] == nil else { continue }
            gaps.reasons[path] = limits.gap
        }
        return (found, gaps)
    }

    /// Memory held, about; long names and command lines are not counted.
    ///
    /// - Complexity: O(1).
    package var byteCount: Int {
        threads.byteCount + processes.byteCount + cpus.byteCount + cpuGroups.byteCount
            + disks.byteCount
            + network.byteCount + groups.byteCount + momentBytes
    }

    private var momentBytes: Int {
        moments.count * MemoryLayout<Moment>.stride + momentHeap
    }
}

extension History.Moment {
    /// What it holds on the heap and does not share with a moment beside it, about.
    func heapBytes(beside other: Self?) -> Int {
        var bytes = selectedThread.count * MemoryLayout<ThreadDetail>.stride
        if network !== other?.network { bytes += MemoryLayout<NetworkReading>.stride }
        if groups != other?.groups { bytes += groups.count * MemoryLayout<RecordedGroupRow>.stride }
        if let threadSources, threadSources != other?.threadSources {
            bytes += threadSources.refusals.count * MemoryLayout<ThreadSourceRefusal>.stride
        }
        return bytes
    }
}

extension Snapshot.Totals {
    init(_ snapshot: Snapshot) {
        self.init(
            processes: snapshot.processes.count,
            threads: snapshot.processes.reduce(0) { $0 + $1.threads.count },
            sockets: SocketCounts(snapshot.network?.sockets.sockets ?? []),
            disks: snapshot.disks.count)
    }
}

internal import DequeModule
internal import ProcFormats
public import Samples
public import Units

/// The last fifteen minutes, refresh by refresh: for curves, and for stepping back.
///
/// Bounded by construction. At most 1,800 moments (900 at one a second), each with the host's
/// figures and at most 128 threads of 32 bytes and 128 processes of 52: those that were shown, then
/// the hottest that used CPU. Of control groups at most 128 of 24 bytes, those that limit the
/// memory of these processes; while nothing changes in them, once. Names are kept once, at most
/// 16,384 of threads and as many of processes and of groups; beyond that the oldest moments go. In
/// all below 36 MB on a machine where 128 threads, processes and groups are busy all the time, 18 MB
/// of it at one refresh a second; a few hundred KB where one thread spins.
public struct History: Sendable {
    /// How far it reaches back.
    public static let span: Duration = .seconds(15 * 60)
    static let mostMoments = 1800
    static let mostRows = 128
    static let mostGroups = 128
    static let mostSubjects = 16_384

    var moments: Deque<Moment> = []
    var threads = InternTable<ThreadSubject>()
    var processes = InternTable<ProcessSubject>()
    var groups = InternTable<GroupSubject>()
    var channels = InternTable<String>()

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
        var host: HostSample
        var ownCost: OwnCost
        var threads: [ThreadRow]
        var processes: [ProcessRow]
        /// Shared with the moment before while nothing changes.
        var groups: [GroupRow]
        /// Threads were read, and all that used CPU are here: one that is not used none.
        var hasAllThreads: Bool
        var hasAllProcesses: Bool
    }

    public init() {}

    /// Adds a refresh. One with the sequence number of the latest (see `SamplingLoop`) is known
    /// already and left out.
    ///
    /// - Parameter shown: threads that are kept even if they used no CPU, so that their state is
    ///   known; 64 at most.
    public mutating func record(_ snapshot: Snapshot, shown: Set<ThreadIdentity> = []) {
        if let last = moments.last, snapshot.sequence <= last.sequence { return }
        let choice = RowChoice(snapshot, shown: shown)
        let interval = snapshot.interval?.inNanoseconds
        let age = (moments.last?.age ?? Nanoseconds(0)) + (interval ?? Nanoseconds(0))
        // A machine may have hundreds of CPUs: their figures one by one would be most of it all.
        var host = snapshot.host
        host.cpus = []
        var moment = Moment(
            sequence: snapshot.sequence, time: snapshot.time, moment: snapshot.moment,
            interval: interval, age: age,
            at: moments.last.map { Self.next(after: $0, snapshot) } ?? Nanoseconds(0), host: host,
            ownCost: snapshot.ownCost, threads: [], processes: [], groups: [],
            hasAllThreads: snapshot.extent == .complete && !choice.isCutForThreads,
            hasAllProcesses: !choice.isCutForProcesses)
        moment.threads.reserveCapacity(choice.threads.count)
        for place in choice.threads {
            let thread = snapshot.processes[place.process].threads[place.thread]
            let subject = threads.use(
                ThreadSubject(id: thread.id, process: thread.process, name: thread.name))
            moment.threads.append(ThreadRow(thread, subject: subject, channels: &channels))
        }
        moment.processes.reserveCapacity(choice.processes.count)
        let limiting = GroupChoice(snapshot, processes: choice.processes)
        for (index, limits) in zip(choice.processes, limiting.limits) {
            let process = snapshot.processes[index]
            let subject = processes.use(ProcessSubject(process))
            moment.processes.append(ProcessRow(process, subject: subject, limits: limits))
        }
        let rows = limiting.groups.map { GroupRow($0, subject: groups.use(GroupSubject($0))) }
        moment.groups = moments.last?.groups == rows ? moments.last?.groups ?? rows : rows
        moments.append(moment)
        trim()
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
                || threads.count > Self.mostSubjects || processes.count > Self.mostSubjects
                || groups.count > Self.mostSubjects
            guard isTooMuch else { return }
            for row in first.threads {
                threads.release(row.subject)
                if let channel = row.channel { channels.release(channel) }
            }
            for row in first.processes { processes.release(row.subject) }
            for row in first.groups { groups.release(row.subject) }
            moments.removeFirst()
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
    public func snapshot(sequence: Int) -> Snapshot? {
        let index = firstIndex(from: sequence)
        guard index < moments.count, moments[index].sequence == sequence else { return nil }
        let moment = moments[index]
        var threadsOf: [ProcessID: [ThreadSample]] = [:]
        for row in moment.threads {
            let subject = threads[row.subject]
            threadsOf[subject.process, default: []].append(
                row.sample(of: subject, channels: channels))
        }
        let samples = moment.processes.map { row in
            let subject = processes[row.subject]
            return row.sample(of: subject, threads: threadsOf[subject.id.pid] ?? [])
        }
        let (groups, gaps) = groups(at: moment, of: samples)
        return Snapshot(
            sequence: sequence, time: moment.time, moment: moment.moment,
            interval: moment.interval.map(Duration.init), host: moment.host, processes: samples,
            memoryGroups: groups, groupGaps: gaps, ownCost: moment.ownCost, extent: .recorded)
    }

    /// The groups that had a limit, and why others are missing.
    private func groups(
        at moment: Moment, of samples: [ProcessSample]
    ) -> (groups: [String: MemoryGroup], gaps: MemoryGroupGaps) {
        var found: [String: MemoryGroup] = [:]
        for row in moment.groups {
            let group = row.group(of: groups[row.subject])
            found[group.path] = group
        }
        var gaps = MemoryGroupGaps(
            isMounted: !moment.processes.contains { $0.limits == .notMounted })
        for (row, process) in zip(moment.processes, samples) {
            guard let path = process.memoryGroup, found[path] == nil else { continue }
            gaps.reasons[path] = row.limits.gap
        }
        return (found, gaps)
    }

    /// Memory held, long names and command lines not counted.
    var byteCount: Int {
        let rows = moments.reduce(0) { sum, moment in
            sum + moment.threads.capacity * MemoryLayout<ThreadRow>.stride
                + moment.processes.capacity * MemoryLayout<ProcessRow>.stride
        }
        // What moments share is held once.
        var groupStorage: Set<UnsafeRawPointer> = []
        let limiting = moments.reduce(0) { sum, moment in
            let start = moment.groups.withUnsafeBytes(\.baseAddress)
            guard let start, groupStorage.insert(start).inserted else { return sum }
            return sum + moment.groups.capacity * MemoryLayout<GroupRow>.stride
        }
        return rows + limiting + moments.count * MemoryLayout<Moment>.stride + threads.byteCount
            + processes.byteCount + groups.byteCount + channels.byteCount
    }
}

/// Which rows of a snapshot are kept.
private struct RowChoice {
    struct Place {
        var process: Int
        var thread: Int
        var cpu: Percent
    }

    private(set) var threads: [Place] = []
    private(set) var processes: [Int] = []
    private(set) var isCutForThreads = false
    private(set) var isCutForProcesses = false

    init(_ snapshot: Snapshot, shown: Set<ThreadIdentity>) {
        chooseThreads(snapshot, shown: shown)
        chooseProcesses(snapshot)
    }

    private mutating func chooseThreads(_ snapshot: Snapshot, shown: Set<ThreadIdentity>) {
        var kept: [Place] = []
        var used: [Place] = []
        for (index, process) in snapshot.processes.enumerated() {
            // Nobody in it ran: only those that are looked at.
            if process.cpu == .zero, shown.isEmpty { continue }
            for (number, thread) in process.threads.enumerated() {
                let cpu = thread.cpu ?? .zero
                let place = Place(process: index, thread: number, cpu: cpu)
                if !shown.isEmpty, kept.count < History.mostRows / 2, shown.contains(thread.id) {
                    kept.append(place)
                } else if cpu > .zero {
                    used.append(place)
                }
            }
        }
        used.sort { $0.cpu > $1.cpu }
        isCutForThreads = kept.count + used.count > History.mostRows
        threads = kept + used.prefix(History.mostRows - kept.count)
    }

    private mutating func chooseProcesses(_ snapshot: Snapshot) {
        // A thread's process comes along, whatever it used.
        let owners = Set(threads.map(\.process))
        var others = snapshot.processes.indices.filter { index in
            (snapshot.processes[index].cpu ?? .zero) > .zero && !owners.contains(index)
        }
        others.sort {
            (snapshot.processes[$0].cpu ?? .zero) > (snapshot.processes[$1].cpu ?? .zero)
        }
        isCutForProcesses = owners.count + others.count > History.mostRows
        processes = (Array(owners) + others.prefix(History.mostRows - owners.count)).sorted()
    }
}

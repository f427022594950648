internal import ProcFormats
public import Samples
public import Units

/// Two weeks of memory: of the processes that matter, of the machine, of its swap.
///
/// A second is told from the next for 15 minutes, ten seconds for 24 hours, a minute for 14 days.
/// Amounts are within 0.1 %; the present ones are exact. Only changes are kept, one to three bytes
/// each. Time in which nobody sampled (the machine slept, dxtop was stopped) is a gap.
///
/// **What it costs.** 2.3 MB after two weeks with 500 processes, 80 of which change all the time;
/// from then on it grows no more. 15.9 MB with 512 that all change all the time, which is where the
/// limit below holds; below 17 MiB whatever runs.
///
/// **Which processes matter.** At most 512 have a curve: any that has 1 MiB of memory that is
/// no file's, while there is room. Then those of the highest weight: size, plus eight times what it grew
/// since it was first seen. A new one takes the place of the lightest, which it must exceed by an
/// eighth if that one is alive. One that has ended weighs half, and nothing any more once it has
/// been gone for longer than it was recorded; after 14 days it goes. Where all curves together
/// exceed 15 MiB, the lightest of those that hold more than the average loses the older half of
/// what it has, as often as it takes.
///
/// **Restarts.** A process with the command line and user of one that ended at most ten minutes
/// before it began continues the curve of that one.
public struct MemoryHistory: Sendable {
    public enum Subject: Hashable, Sendable {
        /// Memory that the kernel cannot drop: anonymous, shared, swapped; `MemoryUse.undroppable`.
        case process(ProcessIdentity)
        /// What the machine cannot give to anyone: `MemTotal` without `MemAvailable`, which is not
        /// known before Linux 3.14.
        case hostMemory
        /// `SwapTotal` without `SwapFree`; not known where there is no swap.
        case hostSwap
        /// `Shmem`: files of tmpfs, shared memory, memfd.
        case hostShared
    }

    /// How far it reaches back.
    public static let span: Duration = .seconds(14 * 24 * 60 * 60)
    static let mostCurves = 512
    /// First sizes of processes, which have a curve or not.
    static let mostPresent = 16_384

    private var sequence: Int?
    var runs = RecordedRuns()
    var hostMemory: RecordedCurve?
    var hostSwap: RecordedCurve?
    var hostShared: RecordedCurve?
    var curves: [ProcessCurve] = []
    /// Where in `curves` a process has its own.
    var places: [ProcessIdentity: Int] = [:]
    /// Who was there at the latest refresh, by pid.
    var present: [PresentProcess] = []
    /// The same at the refresh before: storage that is used again.
    var absent: [PresentProcess] = []
    /// What the processes' curves may hold on the heap, and what they do.
    var mostPackedBytes = 15 << 20
    var packedBytes = 0
    private var sweptMinute: UInt64 = 0

    public init() {}

    /// Adds a refresh. One with the sequence number of the latest, or before it, is known already
    /// and left out, as is one that a recording has only in part: a process that was left out of it
    /// has not ended.
    ///
    /// - Complexity: O(processes), a few nanoseconds each where nothing changed.
    public mutating func record(_ snapshot: Snapshot) {
        if let sequence, snapshot.sequence <= sequence { return }
        guard snapshot.hasAllProcesses,
            advance(to: snapshot.moment, interval: snapshot.interval?.inNanoseconds)
        else { return }
        sequence = snapshot.sequence
        record(snapshot.host.memory)
        let isSorted = snapshot.processes.indices.dropFirst().allSatisfy { index in
            snapshot.processes[index - 1].id.pid < snapshot.processes[index].id.pid
        }
        record(
            isSorted ? snapshot.processes : snapshot.processes.sorted { $0.id.pid < $1.id.pid })
        limitBytes()
    }

    /// A new moment, at which everything holds until it is set. False where it is before the
    /// latest.
    mutating func advance(to moment: Nanoseconds, interval: Nanoseconds?) -> Bool {
        if let latest, moment < latest { return false }
        lastSeen = latest ?? moment
        runs.add(moment, interval: interval)
        let minute = CurveResolution.minute
        if moment.rawValue / minute.slot != sweptMinute {
            sweptMinute = moment.rawValue / minute.slot
            sweep()
        }
        return true
    }

    /// The moment of the refresh before: when those that are gone now were last there.
    private(set) var lastSeen = Nanoseconds(0)
    var now: UInt64 { runs.latest?.rawValue ?? 0 }

    private mutating func record(_ memory: MemoryInfo?) {
        let used = memory.flatMap { memory in
            Self.kibibytes(memory.total, without: memory.available)
        }
        let swapped = memory.flatMap { memory in
            memory.swapTotal?.rawValue == 0
                ? nil : Self.kibibytes(memory.swapTotal, without: memory.swapFree)
        }
        Self.set(&hostMemory, to: used, at: now)
        Self.set(&hostSwap, to: swapped, at: now)
        Self.set(&hostShared, to: memory?.shared.map { $0.rawValue / 1024 }, at: now)
    }

    private static func kibibytes(_ all: ByteCount?, without rest: ByteCount?) -> UInt64? {
        guard let all, let rest else { return nil }
        return (all.rawValue - min(all.rawValue, rest.rawValue)) / 1024
    }

    private static func set(_ curve: inout RecordedCurve?, to amount: UInt64?, at moment: UInt64) {
        if curve == nil {
            curve = amount.map { RecordedCurve($0, at: moment) }
        } else {
            curve?.set(amount, at: moment)
        }
    }

    /// Drops what is too old, once a minute.
    private mutating func sweep() {
        let now = now
        let oldest = now - min(now, Self.span.inNanoseconds.rawValue)
        for place in curves.indices.reversed() {
            if let end = curves[place].curve.end, end < oldest {
                remove(place)
            } else {
                change(place) { curve, now in curve.trim(at: now) }
            }
        }
        hostMemory?.trim(at: now)
        hostSwap?.trim(at: now)
        hostShared?.trim(at: now)
    }

    /// Changes a curve and keeps the sum of what all hold.
    mutating func change(_ place: Int, _ body: (inout RecordedCurve, UInt64) -> Void) {
        let now = now
        packedBytes -= curves[place].curve.byteCount
        body(&curves[place].curve, now)
        packedBytes += curves[place].curve.byteCount
    }

    /// Memory held on the heap: the curves, and the tables of processes.
    var byteCount: Int {
        let header = PackedSeries.arrayHeader
        let packed = curves.reduce(0) { $0 + $1.curve.byteCount }
        let host = [hostMemory, hostSwap, hostShared].reduce(0) { $0 + ($1?.byteCount ?? 0) }
        return packed + host + runs.byteCount
            + curves.capacity * MemoryLayout<ProcessCurve>.stride + header
            + (present.capacity + absent.capacity) * MemoryLayout<PresentProcess>.stride
            + 2 * header
            + places.capacity * (MemoryLayout<ProcessIdentity>.stride + MemoryLayout<Int>.stride)
            + header
    }
}

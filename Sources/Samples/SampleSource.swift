public import Units

/// Where snapshots come from: this machine, a captured tree, and in the same way a recording or
/// another host.
///
/// Synchronous, and of one thread: `SamplingLoop` gives it one and asks at intervals. A source that
/// has to wait for others waits in `sample`.
public protocol SampleSource: AnyObject {
    var traits: SourceTraits { get }

    /// The next snapshot: of a machine what is read now, of a recording the next that is kept. Nil
    /// where there is none of that depth, or no more.
    func sample(_ interest: Interest, depth: SamplingDepth) -> Snapshot?

    /// The latest snapshot again, with what a changed interest wants in addition: same sequence
    /// number and rates. Nil where nothing can be added.
    func amend(_ interest: Interest) -> Snapshot?

    /// How long from one snapshot to the next from now on. Whoever asks keeps to it; a source may
    /// go by it, too.
    func setInterval(_ interval: Duration)

    /// How much CPU time per time may be used from now on: 0.02 is 2 % of a CPU. Whoever asks keeps
    /// to it as a whole; a source keeps what it does by itself, between snapshots, to a part of it.
    func setAllowance(_ allowance: Double)

    /// Goes to a moment, on the clock of `Snapshot.moment`: the next snapshot is the first that is
    /// not before it.
    ///
    /// - Returns: false where the source stays where it is: it cannot be sought, or has no such one.
    func seek(to moment: Nanoseconds) -> Bool
}

extension SampleSource {
    public func amend(_ interest: Interest) -> Snapshot? { nil }
    public func setInterval(_ interval: Duration) {}
    public func setAllowance(_ allowance: Double) {}
    public func seek(to moment: Nanoseconds) -> Bool { false }
}

/// What one has to know of a source, whatever it is.
public struct SourceTraits: Hashable, Sendable {
    /// Each snapshot is of the time at which it was asked for.
    public var isLive: Bool
    public var machine: Machine
    /// From when to when there are snapshots, on the clock of `Snapshot.moment`; nil where the source
    /// cannot be sought.
    public var span: ClosedRange<Nanoseconds>?

    /// Whose processes and sockets they are.
    public enum Machine: Hashable, Sendable {
        /// This machine's, by the numbers that we see: they can be probed.
        case own
        /// Another machine's, or those of another pid namespace.
        case foreign
    }

    public init(isLive: Bool, machine: Machine, span: ClosedRange<Nanoseconds>? = nil) {
        self.isLive = isLive
        self.machine = machine
        self.span = span
    }
}

/// How much a refresh is to find out.
public enum SamplingDepth: Hashable, Sendable {
    /// Processes, but no threads: for a first picture at once.
    case processesOnly
    /// What changed and what is shown.
    case changes
    /// Everything of every process and thread.
    case everything
}

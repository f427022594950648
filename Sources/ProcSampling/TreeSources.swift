/// A machine whose kernel answers: our own, or the one whose procfs is mounted elsewhere.
public final class LiveSource: SampledTree {
    public let traits: SourceTraits
    public let sampler: Sampler

    init(_ sampler: Sampler, of root: ProcRoot) {
        self.sampler = sampler
        traits = root.traits
    }
}

/// A tree of files that was captured: each snapshot is what they say by then.
public final class TreeSource: SampledTree {
    public let traits: SourceTraits
    public let sampler: Sampler

    init(_ sampler: Sampler, of root: ProcRoot) {
        self.sampler = sampler
        traits = root.traits
    }
}

/// A source that reads a /proc tree.
public protocol SampledTree: SampleSource {
    var sampler: Sampler { get }
}

extension SampledTree {
    public func sample(_ interest: Interest, depth: SamplingDepth) -> Snapshot? {
        sampler.sample(interest, depth: depth)
    }

    public func amend(_ interest: Interest) -> Snapshot? { sampler.amend(interest) }

    public func setAllowance(_ allowance: Double) { sampler.pollLane.setAllowance(allowance) }
}

extension ProcRoot {
    /// Of the source that reads this tree.
    public var traits: SourceTraits {
        SourceTraits(isLive: isProcfs, machine: isLive ? .own : .foreign)
    }

    /// The source that reads this tree.
    ///
    /// - Parameters:
    ///   - threads: Where threads' figures come from; nil for the best that works.
    ///   - changed: Called on another thread when `amend` has more than the snapshot before.
    public func source(
        threads: ThreadSourceKind? = nil, changed: @escaping @Sendable () -> Void = {}
    ) -> any SampleSource {
        let sampler = Sampler(
            root: self, machine: .current, source: threads, changed: changed)
        return isProcfs ? LiveSource(sampler, of: self) : TreeSource(sampler, of: self)
    }
}

package import Samples
internal import Units

extension ReaderVerdict {
    /// Less is no sample of a reader at all; and on a box where each sample is dear, fewer.
    static let leastTime: Duration = .seconds(1)
    static let leastSamples = 20
    /// A healthy queue is seen full for a moment now and then.
    static let leastFull = 0.05
    /// A queue that came down to this share of the buffer was emptied for all that matters: its
    /// reader catches up.
    static let caughtUp = 0.1
    /// What any reader may do now and then, a turn of the scheduler or a batch, takes less: a buffer
    /// should last it. Whoever stays away for longer pauses.
    static let longAbsence: Duration = .milliseconds(100)
    /// A queue that was not empty for a second while it overflowed is no short burst.
    static let longEpisode: Duration = .seconds(1)
    /// A reader that read before, and then not for two seconds, and twice as long as ever in this
    /// burst, has stopped; after less it may come back.
    static let longestReturn: Duration = .seconds(2)
    /// Whoever reads this share of the buffer from one sample to the next is not slow, unless it works
    /// all the time in between.
    static let fastRead = 0.5
    /// A thread that runs for this share of the time has no time to read more.
    static let busy = 0.9

    /// What the samples say so far; nil before they took a second, or where there is nothing to say yet.
    ///
    /// The movement of the queue decides: whether it ever falls, whether it ever gets empty, and for
    /// how long nobody reads while it is full. Who is asleep where confirms it or not.
    ///
    /// - Parameters:
    ///   - burst: complete, or as far as it has come: then the verdict counts for less.
    ///   - reading: the latest, for the rates and limits of its namespace.
    ///   - bufferErrors: how many datagrams of the whole namespace found no room meanwhile; nil where
    ///     that is not known.
    package init?(
        _ burst: QueueBurst, in reading: NetworkReading, bufferErrors: UInt64? = nil
    ) {
        let cost = QueueCapacity.cost(of: burst.queue)
        let shape = QueueShape(burst, cost: cost)
        guard shape.samples >= burst.samples(in: Self.leastTime, least: Self.leastSamples),
            burst.buffer.rawValue > 0,
            let kind = Self.kind(burst, shape, cost, bufferErrors)
        else { return nil }
        let capacity = QueueCapacity(burst, shape: shape, cost: cost, in: reading)
        let facts = ReaderFacts(burst.reader, isSearching: reading.sockets.owners.pending > 0)
        self.init(
            kind: kind, confidence: Self.confidence(kind, burst, facts),
            full: Percent(100 * shape.roomless), empty: Percent(100 * shape.empty),
            claim: Self.claim(kind, burst, shape), proof: facts.proof(of: kind),
            next: BufferAdvice(burst, shape, capacity, reading.limits).next(for: kind, facts),
            capacity: capacity)
        longestAbsence = kind == .pauses ? burst.time(of: shape.worstAbsence.samples) : nil
    }

    private static func kind(
        _ burst: QueueBurst, _ shape: QueueShape, _ cost: ByteCount?, _ bufferErrors: UInt64?
    ) -> Kind? {
        let isSeen = shape.falls > 0 || shape.emptySamples > 0
        if !isSeen, shape.roomless >= leastFull { return .stalled }
        if burst.dropped == 0, shape.full < leastFull {
            // A socket to send from has nobody who waits for it, and never anything to read.
            if shape.emptySamples == shape.samples, ReaderFacts(burst.reader).isNobodySeen {
                return nil
            }
            // Nothing came, or it polls every ten seconds, or nobody reads: while there is room and
            // nothing is lost, they look alike, and all may be well.
            return isSeen ? .ok : nil
        }
        if !isSeen || hasStopped(burst, shape) { return .stalled }
        if shape.fullSamples == 0, let bufferErrors, bufferErrors < burst.dropped / 2 {
            // Most of it was dropped by a filter, or for a wrong checksum.
            return .ok
        }
        let size = Double(burst.buffer.rawValue)
        let low = max(caughtUp * size, Double(cost?.rawValue ?? 0))
        let isBusy = ReaderFacts(burst.reader).busiest >= busy
        let isFast = Double(shape.largestFall) >= fastRead * size && !isBusy
        if Double(shape.lowest) > low, !isFast { return .slow }
        let isAway = shape.worstAbsence.samples >= burst.samples(in: longAbsence)
        if isAway, shape.fullLasts { return .pauses }
        let isLong = shape.longestEpisode >= burst.samples(in: longEpisode)
        if isBusy || (isLong && !isFast) { return .slow }
        return .bufferTooSmall
    }

    private static func hasStopped(_ burst: QueueBurst, _ shape: QueueShape) -> Bool {
        shape.lastAbsence.samples >= burst.samples(in: longestReturn)
            && shape.lastAbsence.fullSamples >= burst.samples(in: longEpisode)
            && shape.lastAbsence.samples >= 2 * shape.longestAbsence.samples
    }

    /// The queue alone is one signal; what the reader does is the second. That nothing was dropped
    /// is a second one, too, for a reader that keeps up.
    private static func confidence(
        _ kind: Kind, _ burst: QueueBurst, _ facts: ReaderFacts
    ) -> Finding.Confidence {
        let isConfirmed = kind == .ok ? burst.dropped == 0 : facts.confirm(kind)
        if burst.isComplete { return isConfirmed ? .high : .medium }
        return isConfirmed ? .medium : .low
    }

    private static func claim(_ kind: Kind, _ burst: QueueBurst, _ shape: QueueShape) -> String {
        let full = "full in \(whole(shape.roomless)) of \(shape.samples) samples"
        switch kind {
        case .ok where burst.dropped > 0:
            return "the reader keeps up: what is dropped here did not meet a full queue"
        case .ok:
            return "the reader keeps up: the queue was empty in \(whole(shape.empty)) of"
                + " \(shape.samples) samples, and nothing was dropped"
        case .stalled where shape.roomless < leastFull:
            return "the reader has stopped reading: \(ByteCount(UInt64(shape.last)).longText) wait,"
                + " and the queue never fell in \(shape.samples) samples"
        case .stalled:
            return "the reader has stopped reading: the queue was \(full)"
        case .slow:
            let lowest = Double(shape.lowest) / Double(burst.buffer.rawValue)
            return "the reader is too slow: it reads, but the queue was \(full), and"
                + (shape.emptySamples == 0
                    ? " never below \(whole(lowest))"
                    : " not empty for \(burst.time(of: shape.longestEpisode).shortText)")
        case .pauses:
            return "the reader stays away for up to"
                + " \(burst.time(of: shape.worstAbsence.samples).shortText): the queue was \(full),"
                + " empty in \(whole(shape.empty))"
        case .bufferTooSmall where shape.roomlessSamples == 0:
            return "bursts too short to be sampled overflow the buffer: the queue was empty in"
                + " \(whole(shape.empty)) of \(shape.samples) samples, and yet \(burst.dropped) were"
                + " dropped"
        case .bufferTooSmall:
            return "short bursts overflow the buffer: the queue was \(full), empty in"
                + " \(whole(shape.empty))"
        }
    }

    private static func whole(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }
}

extension QueueBurst {
    /// How long so many samples took.
    func time(of samples: Int) -> Duration {
        queue.isEmpty ? .zero : duration / Double(queue.count) * Double(samples)
    }

    /// How many samples that time takes: one each 10 ms, fewer where they come less often.
    func samples(in time: Duration, least: Int = 3) -> Int {
        let meant: Duration = .milliseconds(10)
        let period = queue.isEmpty ? meant : max(meant, self.time(of: 1))
        return max(least, Int((time / period).rounded()))
    }
}

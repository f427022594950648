package import Units

/// What a close look at a socket's queue says of the one who is to read it.
package struct ReaderVerdict: Hashable, Sendable {
    /// The raw values are the names in JSON.
    package enum Kind: String, Hashable, Sendable {
        /// It keeps up.
        case ok
        /// It reads all the time, and less than what arrives.
        case slow
        /// It does not read any more.
        case stalled
        /// It reads well, but stays away for longer than the queue lasts.
        case pauses
        /// It reads well, and short bursts do not fit.
        case bufferTooSmall = "buffer_too_small"
    }

    package var kind: Kind
    package var confidence: Finding.Confidence
    /// Shares of the looks at which the queue was at least 90 % full, and empty.
    package var full: Percent
    package var empty: Percent
    /// One sentence: "the reader has stopped reading: the queue was full in 97 % of 500 looks".
    package var claim: String
    /// The figures and facts it rests on, one a line: "fd 7 in epoll fd 5, EDGE-TRIGGERED".
    package var proof: [String]
    /// What to do, with figures.
    package var advice: String
    package var capacity: QueueCapacity?

    package init(
        kind: Kind, confidence: Finding.Confidence, full: Percent, empty: Percent, claim: String,
        proof: [String], advice: String, capacity: QueueCapacity? = nil
    ) {
        self.kind = kind
        self.confidence = confidence
        self.full = full
        self.empty = empty
        self.claim = claim
        self.proof = proof
        self.advice = advice
        self.capacity = capacity
    }
}

/// What a receive buffer holds, in datagrams and in time.
package struct QueueCapacity: Hashable, Sendable {
    package var buffer: ByteCount
    /// What one datagram costs of it, overhead included; nil while it is not known.
    package var datagramCost: ByteCount?
    /// How many arrive a second: between these two, which are alike where it is known exactly.
    package var arrivals: ClosedRange<Double>?

    package init(
        buffer: ByteCount, datagramCost: ByteCount? = nil, arrivals: ClosedRange<Double>? = nil
    ) {
        self.buffer = buffer
        self.datagramCost = datagramCost
        self.arrivals = arrivals
    }

    /// How many datagrams fit.
    package var datagrams: Int? {
        datagramCost.flatMap {
            $0.rawValue == 0 ? nil : Int(clamping: buffer.rawValue / $0.rawValue)
        }
    }

    /// For how long it lasts with nobody reading, at the highest rate there may be.
    package var time: Duration? {
        guard let datagrams, let most = arrivals?.upperBound, most > 0 else { return nil }
        return .seconds(Double(datagrams) / most)
    }
}

package import Units

/// What a burst of samples of a socket's queue says of the one who is to read it.
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
    /// Shares of the samples in which the queue was full, and empty. Full is 90 % of the buffer, or no
    /// room for another datagram, by `QueueBurst.charged`; where that is not known, by the queue, and
    /// while it loses also less, if it stands still: see `QueueShape`.
    package var full: Percent
    package var empty: Percent
    /// One sentence: "the reader has stopped reading: the queue was full in 97 % of 500 samples".
    package var claim: String
    /// The figures and facts it rests on, one a line: "fd 7 in epoll fd 5, EDGE-TRIGGERED".
    package var proof: [String]
    /// What to do, with figures.
    package var next: [NextStep]
    package var capacity: QueueCapacity?
    /// For how long it stays away where it pauses.
    package var longestAbsence: Duration?

    package init(
        kind: Kind, confidence: Finding.Confidence, full: Percent, empty: Percent, claim: String,
        proof: [String], next: [NextStep], capacity: QueueCapacity? = nil
    ) {
        self.kind = kind
        self.confidence = confidence
        self.full = full
        self.empty = empty
        self.claim = claim
        self.proof = proof
        self.next = next
        self.capacity = capacity
    }

    /// What to do in one sentence; empty where nothing is to be done.
    package var advice: String { next.advice }
}

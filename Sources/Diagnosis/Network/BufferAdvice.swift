internal import Samples
internal import Units

/// What to do about a reader, with figures of this machine.
struct BufferAdvice {
    private let burst: QueueBurst
    private let shape: QueueShape
    private let capacity: QueueCapacity
    private let limits: NetworkLimits

    /// What a buffer should last whatever its reader does, in seconds: see `longAbsence`.
    static let leastTime = 0.1
    /// SO_RCVBUF is a signed number of 32 bits that the kernel doubles.
    static let mostBuffer = 1_073_741_824.0

    init(
        _ burst: QueueBurst, _ shape: QueueShape, _ capacity: QueueCapacity,
        _ limits: NetworkLimits
    ) {
        self.burst = burst
        self.shape = shape
        self.capacity = capacity
        self.limits = limits
    }

    func text(for kind: ReaderVerdict.Kind, _ facts: ReaderFacts) -> String {
        switch kind {
        case .ok where burst.dropped > 0:
            "look for a filter on the socket (ss -b) and at Udp.InCsumErrors and Udp.MemErrors"
        case .ok: ""
        case .stalled: "a bigger buffer is useless: " + facts.cure
        case .slow:
            "more readers (SO_REUSEPORT), recvmmsg(2), less work for each datagram;"
                + " a bigger buffer only delays the loss"
        case .pauses: raise(to: neededForPauses) ?? "shorten the pauses, or raise SO_RCVBUF"
        case .bufferTooSmall: raise(to: neededForBursts) ?? "raise SO_RCVBUF and net.core.rmem_max"
        }
    }

    /// What came in while nobody read, per second, for as long as the longest pause.
    private var neededForPauses: Double? {
        guard let cost = capacity.datagramCost, let arrivals = capacity.arrivals else { return nil }
        let absence = shape.worstAbsence
        let away = burst.time(of: absence.looks) / .seconds(1)
        guard away > 0 else { return nil }
        // All that was dropped was dropped while it was away, at full looks.
        let dropped = Double(burst.dropped) * Double(cost.rawValue)
        let share = Double(absence.fullLooks) / Double(max(1, shape.fullLooks))
        let came = (Double(absence.risen) + dropped * share) / away
        return away * max(came, arrivals.lowerBound * Double(cost.rawValue))
    }

    /// The burst that overflows: what fits, and what each one loses, twice for those that are larger
    /// than most.
    private var neededForBursts: Double? {
        guard let cost = capacity.datagramCost, let arrivals = capacity.arrivals else { return nil }
        let bursts = max(1, shape.fullStretches, shape.busyStretches)
        let lost = Double(burst.dropped) * Double(cost.rawValue) / Double(bursts)
        let lasting = arrivals.lowerBound * Self.leastTime * Double(cost.rawValue)
        return max(Double(burst.buffer.rawValue) + 2 * lost, lasting)
    }

    private func raise(to needed: Double?) -> String? {
        guard let needed else { return nil }
        guard needed <= Self.mostBuffer else {
            return "no buffer lasts so long: shorten the pauses"
        }
        // Not less than twice of what did not do.
        let least = max(needed, 2 * Double(burst.buffer.rawValue))
        let wanted = ByteCount(clamping: least).rawValue.roundedUpToPowerOfTwo
        let asked = wanted / 2
        let program = "SO_RCVBUF \(asked), which the kernel doubles"
        guard let most = limits.receiveBufferMost else {
            return "have the program ask for \(program), and allow it in net.core.rmem_max"
        }
        guard most < asked else {
            return "have the program ask for \(program); net.core.rmem_max \(most) allows it"
        }
        return "raise net.core.rmem_max from \(most) to \(asked) and have the program ask for"
            + " \(program)"
    }
}

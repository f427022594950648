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

    func next(for kind: ReaderVerdict.Kind, _ facts: ReaderFacts) -> [NextStep] {
        switch kind {
        case .ok where burst.dropped > 0:
            [
                .command("ss -uanmpb", "whether a filter on the socket drops them"),
                .command("nstat -asz 'Udp*'", "InCsumErrors and MemErrors"),
            ]
        case .ok: []
        case .stalled: facts.cures(beginning: "a bigger buffer is useless: ")
        case .slow:
            [
                .change(
                    "more readers (SO_REUSEPORT), recvmmsg(2), less work for each datagram;"
                        + " a bigger buffer only delays the drops")
            ]
        case .pauses:
            raise(to: neededForPauses) ?? [.change("shorten the pauses, or raise SO_RCVBUF")]
        case .bufferTooSmall:
            raise(to: neededForBursts) ?? [
                .setting("net.core.rmem_max", "raise it"), .change("raise SO_RCVBUF"),
            ]
        }
    }

    /// What came in while nobody read, per second, for as long as the longest pause.
    private var neededForPauses: Double? {
        guard let cost = capacity.datagramCost, let arrivals = capacity.arrivals else { return nil }
        let absence = shape.worstAbsence
        let away = burst.time(of: absence.samples) / .seconds(1)
        guard away > 0 else { return nil }
        // All that was dropped was dropped while it was away, in full samples.
        let dropped = Double(burst.dropped) * Double(cost.rawValue)
        let share = Double(absence.fullSamples) / Double(max(1, shape.fullSamples))
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

    private func raise(to needed: Double?) -> [NextStep]? {
        guard let needed else { return nil }
        guard needed <= Self.mostBuffer else {
            return [.change("no buffer lasts so long: shorten the pauses")]
        }
        // Not less than twice of what did not do.
        let least = max(needed, 2 * Double(burst.buffer.rawValue))
        let wanted = ByteCount(clamping: least).rawValue.roundedUpToPowerOfTwo
        let asked = wanted / 2
        let program = "set SO_RCVBUF=\(asked) in the program (the kernel doubles it)"
        guard let most = limits.receiveBufferMost else {
            return [
                .change(program), .setting("net.core.rmem_max", "whether it allows \(asked)"),
            ]
        }
        guard most < asked else {
            return [.change(program + "; net.core.rmem_max \(most) allows it")]
        }
        return [
            .setting("net.core.rmem_max", to: "\(asked)", "raise it from \(most)"),
            .change(program),
        ]
    }
}

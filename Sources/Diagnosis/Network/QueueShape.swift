internal import Samples
internal import Units

/// How a queue moved while it was sampled every 10 ms. Time is counted in samples.
struct QueueShape: Hashable, Sendable {
    private(set) var samples = 0
    private(set) var fullSamples = 0
    /// At which the buffer had no room, by what the kernel compares with it; where that is not known,
    /// those at which the queue was full.
    private(set) var roomlessSamples = 0
    private(set) var emptySamples = 0
    /// Stretches of samples, one after the other, in which it was full.
    private(set) var fullStretches = 0
    /// And at which it was not empty.
    private(set) var busyStretches = 0
    private(set) var lowest = UInt32.max
    private(set) var last: UInt32 = 0
    /// How often it was lower than in the sample before: somebody read.
    private(set) var falls = 0
    /// The most that was read from one sample to the next and not replaced, in bytes.
    private(set) var largestFall: UInt32 = 0
    /// All that it rose by from sample to sample, in bytes.
    private(set) var risen: UInt64 = 0
    /// The longest time that nobody read and the queue filled up.
    private(set) var longestAbsence = Absence()
    /// The time at the end of the samples in which nobody read; empty if somebody did.
    private(set) var lastAbsence = Absence()
    /// The longest time that it was never empty and in some sample full.
    private(set) var longestEpisode = 0

    /// Samples one after the other in which the queue was not empty and never fell.
    struct Absence: Hashable, Sendable {
        var samples = 0
        /// How many of these it was full at.
        var fullSamples = 0
        /// What came meanwhile and found room, in bytes.
        var risen: UInt64 = 0
    }

    /// Up to 90 % is what a reader with a little delay shows.
    static let fullShare = 0.9
    /// A slow reader that reads now and then looks like one that is away until this many samples of a
    /// full queue: whoever reads at least 35 datagrams a second is seen.
    private static let leastFull = 3

    /// Up to a quarter of the buffer the kernel still charges for what was read already, and tells
    /// the queue without it (`udp_rmem_release`): so far below full may a queue be that lets nothing
    /// in. It stands still then.
    private static let leastStill = 0.75
    /// The share of a buffer that a datagram takes where its cost is not known.
    private static let anyCost = 0.05

    /// - Parameter cost: of one datagram: without room for another one the queue is full, too.
    init(_ burst: QueueBurst, cost: ByteCount?) {
        let size = Double(burst.buffer.rawValue)
        let datagram = cost.map { Double($0.rawValue) } ?? Self.anyCost * size
        let full =
            cost == nil ? Self.fullShare * size : min(Self.fullShare * size, size - datagram + 1)
        let still = burst.dropped > 0 ? Self.leastStill * size - datagram : size
        var before: UInt32?
        var absence = Absence()
        var episode = (samples: 0, isFull: false)
        var wasFull = false
        let isChargeKnown = burst.charged.count == burst.queue.count
        for (index, value) in burst.queue.enumerated() {
            let isStill = value == before && Double(value) >= still
            let isFull = value > 0 && (Double(value) >= full || isStill)
            samples += 1
            lowest = min(lowest, value)
            if isFull { fullSamples += 1 }
            let isRoomless = isChargeKnown ? Double(burst.charged[index]) >= full : isFull
            if isRoomless { roomlessSamples += 1 }
            if isFull, !wasFull { fullStretches += 1 }
            if value == 0 { emptySamples += 1 }
            wasFull = isFull

            let rise = before.map { value > $0 ? UInt64(value - $0) : 0 } ?? 0
            risen += rise
            let fall = before.map { value < $0 ? $0 - value : 0 } ?? 0
            largestFall = max(largestFall, fall)
            let fell = fall > 0
            if fell { falls += 1 }
            if fell || value == 0 {
                keep(absence)
                absence = Absence()
            }
            if value == 0 {
                episode = (0, false)
            } else {
                absence.samples += 1
                absence.fullSamples += isFull ? 1 : 0
                absence.risen += rise
                if episode.samples == 0 { busyStretches += 1 }
                episode = (episode.samples + 1, episode.isFull || isFull)
                if episode.isFull { longestEpisode = max(longestEpisode, episode.samples) }
            }
            before = value
        }
        last = before ?? 0
        lastAbsence = absence
        if samples == 0 { lowest = 0 }
    }

    private mutating func keep(_ absence: Absence) {
        guard absence.fullSamples >= Self.leastFull, absence.samples > longestAbsence.samples
        else { return }
        longestAbsence = absence
    }

    /// The longest time without a read, the one at the end included.
    var worstAbsence: Absence {
        lastAbsence.fullSamples >= Self.leastFull && lastAbsence.samples > longestAbsence.samples
            ? lastAbsence : longestAbsence
    }

    var full: Double { share(fullSamples) }
    var roomless: Double { share(roomlessSamples) }
    var empty: Double { share(emptySamples) }

    private func share(_ part: Int) -> Double { samples == 0 ? 0 : Double(part) / Double(samples) }

    /// Whether full samples come in stretches that last, rather than by chance: a queue that fills and
    /// empties between two samples would have as many stretches as tosses of a coin.
    var fullLasts: Bool {
        Double(fullStretches) <= 0.5 * Double(samples) * full * (1 - full)
    }
}

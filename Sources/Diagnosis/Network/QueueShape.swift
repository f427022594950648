internal import Samples
internal import Units

/// How a queue moved while it was looked at every 10 ms. Time is counted in looks.
struct QueueShape: Hashable, Sendable {
    private(set) var looks = 0
    private(set) var fullLooks = 0
    /// At which the buffer had no room, by what the kernel compares with it; where that is not known,
    /// those at which the queue was full.
    private(set) var roomlessLooks = 0
    private(set) var emptyLooks = 0
    /// Stretches of looks, one after the other, at which it was full.
    private(set) var fullStretches = 0
    /// And at which it was not empty.
    private(set) var busyStretches = 0
    private(set) var lowest = UInt32.max
    private(set) var last: UInt32 = 0
    /// How often it was lower than at the look before: somebody read.
    private(set) var falls = 0
    /// The most that was read from one look to the next and not replaced, in bytes.
    private(set) var largestFall: UInt32 = 0
    /// All that it rose by from look to look, in bytes.
    private(set) var risen: UInt64 = 0
    /// The longest time that nobody read and the queue filled up.
    private(set) var longestAbsence = Absence()
    /// The time at the end of the looks at which nobody read; empty if somebody did.
    private(set) var lastAbsence = Absence()
    /// The longest time that it was never empty and at some look full.
    private(set) var longestEpisode = 0

    /// Looks one after the other at which the queue was not empty and never fell.
    struct Absence: Hashable, Sendable {
        var looks = 0
        /// How many of these it was full at.
        var fullLooks = 0
        /// What came meanwhile and found room, in bytes.
        var risen: UInt64 = 0
    }

    /// Up to 90 % is what a reader with a little delay shows.
    static let fullShare = 0.9
    /// A slow reader that reads now and then looks like one that is away until this many looks at a
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
        var episode = (looks: 0, isFull: false)
        var wasFull = false
        let isChargeKnown = burst.charged.count == burst.queue.count
        for (look, value) in burst.queue.enumerated() {
            let isStill = value == before && Double(value) >= still
            let isFull = value > 0 && (Double(value) >= full || isStill)
            looks += 1
            lowest = min(lowest, value)
            if isFull { fullLooks += 1 }
            let isRoomless = isChargeKnown ? Double(burst.charged[look]) >= full : isFull
            if isRoomless { roomlessLooks += 1 }
            if isFull, !wasFull { fullStretches += 1 }
            if value == 0 { emptyLooks += 1 }
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
                absence.looks += 1
                absence.fullLooks += isFull ? 1 : 0
                absence.risen += rise
                if episode.looks == 0 { busyStretches += 1 }
                episode = (episode.looks + 1, episode.isFull || isFull)
                if episode.isFull { longestEpisode = max(longestEpisode, episode.looks) }
            }
            before = value
        }
        last = before ?? 0
        lastAbsence = absence
        if looks == 0 { lowest = 0 }
    }

    private mutating func keep(_ absence: Absence) {
        guard absence.fullLooks >= Self.leastFull, absence.looks > longestAbsence.looks
        else { return }
        longestAbsence = absence
    }

    /// The longest time without a read, the one at the end included.
    var worstAbsence: Absence {
        lastAbsence.fullLooks >= Self.leastFull && lastAbsence.looks > longestAbsence.looks
            ? lastAbsence : longestAbsence
    }

    var full: Double { share(fullLooks) }
    var roomless: Double { share(roomlessLooks) }
    var empty: Double { share(emptyLooks) }

    private func share(_ part: Int) -> Double { looks == 0 ? 0 : Double(part) / Double(looks) }

    /// Whether full looks come in stretches that last, rather than by chance: a queue that fills and
    /// empties between two looks would have as many stretches as tosses of a coin.
    var fullLasts: Bool {
        Double(fullStretches) <= 0.5 * Double(looks) * full * (1 - full)
    }
}

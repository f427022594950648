internal import Samples
package import Units

/// What a receive buffer holds, in datagrams and in time.
package struct QueueCapacity: Hashable, Sendable {
    package var buffer: ByteCount
    /// What one datagram costs of it, overhead included; nil while it is not known.
    package var datagramCost: ByteCount?
    /// The cost is guessed from the mean size of all packets of the namespace.
    package var isEstimate: Bool
    /// How many arrive a second: between these two, which are alike where it is known exactly.
    package var arrivals: ClosedRange<Double>?

    package init(
        buffer: ByteCount, datagramCost: ByteCount? = nil, isEstimate: Bool = false,
        arrivals: ClosedRange<Double>? = nil
    ) {
        self.buffer = buffer
        self.datagramCost = datagramCost
        self.isEstimate = isEstimate
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

    /// "416K holds ~332 datagrams of this size = 83 ms at 4000/s"; nil while the size is not known.
    package var text: String? {
        guard let datagrams else { return nil }
        let size = isEstimate ? "of about the mean size here" : "of this size"
        let holds = "\(buffer.text) holds ~\(datagrams) datagrams \(size)"
        guard let time, let arrivals else { return holds }
        let (low, high) = (arrivals.lowerBound.perSecond, arrivals.upperBound.perSecond)
        return low == high
            ? "\(holds) = \(time.shortText) at \(high)/s"
            : "\(holds) = at least \(time.shortText) at \(low) to \(high)/s"
    }
}

extension QueueCapacity {
    /// - Parameters:
    ///   - shape: of the burst's queue.
    ///   - cost: of one datagram, where the queue tells it.
    init(_ burst: QueueBurst, shape: QueueShape, cost: ByteCount?, in reading: NetworkReading) {
        let counters = reading.counters
        let known = cost ?? Self.meanCost(counters)
        self.init(buffer: burst.buffer, datagramCost: known, isEstimate: cost == nil)
        let seconds = burst.duration / .seconds(1)
        guard seconds > 0 else { return }
        let dropped = Double(burst.dropped) / seconds
        let queued = known.map { Double(shape.risen) / Double($0.rawValue) / seconds }
        let least = dropped + (queued ?? 0)
        if shape.falls == 0, shape.emptySamples == 0, queued != nil {
            // Nobody read: every datagram was dropped or is still there.
            arrivals = least...least
        } else if let read = counters.sum(.udpReceived, .udp6Received)?.rate {
            arrivals = least...max(least, dropped + Double(read.rawValue))
        }
    }

    /// The smallest amount that the kernel charges for a datagram, `struct sk_buff` and the least
    /// head of its data, is above this.
    static let leastCost: UInt32 = 512
    /// Fewer values than this may have a larger divisor than their datagrams' size by chance.
    static let leastValues = 4

    /// What each datagram costs where all cost the same: all that was ever in the queue is a
    /// multiple of it. Nil where sizes differ, or where the queue moved too little to tell.
    static func cost(of queue: [UInt32]) -> ByteCount? {
        var divisor: UInt32 = 0
        var values: Set<UInt32> = []
        for value in queue where value > 0 {
            divisor = greatestCommonDivisor(divisor, value)
            guard divisor >= leastCost else { return nil }
            if values.count < leastValues { values.insert(value) }
        }
        return values.count < leastValues ? nil : ByteCount(UInt64(divisor))
    }

    private static func greatestCommonDivisor(_ a: UInt32, _ b: UInt32) -> UInt32 {
        var (a, b) = (a, b)
        while b > 0 { (a, b) = (b, a % b) }
        return a
    }

    /// From the mean size of all packets received: for want of better.
    private static func meanCost(_ counters: NetworkCounters) -> ByteCount? {
        guard let packets = counters.sum(.ipReceived, .ip6Received)?.rate?.rawValue, packets >= 1,
            let bytes = counters.sum(.ipReceivedBytes, .ip6ReceivedBytes)?.rate?.rawValue
        else { return nil }
        return charge(forPacketOf: Double(bytes / packets))
    }

    /// What the kernel charges for a packet on x86-64: 256 bytes of `struct sk_buff`, and its data
    /// with a link header of 16 and `struct skb_shared_info` of 320 bytes, in a head of 576 bytes or
    /// of a power of two. Drivers that receive into pages charge more.
    static func charge(forPacketOf bytes: Double) -> ByteCount? {
        guard bytes > 0, bytes <= 65_535 else { return nil }
        let head = UInt64(bytes.rounded(.up)) + 16 + 320
        return ByteCount(256 + (head <= 576 ? 576 : head.roundedUpToPowerOfTwo))
    }
}

extension UInt64 {
    /// At most 2^63.
    var roundedUpToPowerOfTwo: UInt64 {
        self <= 1 ? 1 : 1 << Swift.min(63, 64 - (self - 1).leadingZeroBitCount)
    }
}

extension Double {
    /// A rate in a sentence: whole up to 9999, "12k" above, one decimal below 10.
    var perSecond: String {
        (10..<10_000).contains(self) ? "\(Int(rounded()))" : Rate(self).text
    }
}

extension Duration {
    /// "83 ms" below ten seconds, "41s" above.
    var shortText: String {
        let milliseconds = self / .milliseconds(1)
        return milliseconds < 10_000 ? "\(Int(max(0, milliseconds).rounded())) ms" : text
    }
}

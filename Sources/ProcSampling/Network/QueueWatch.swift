internal import Units

/// One queue during a burst: what was seen of it so far.
struct QueueWatch {
    let sample: SocketSample
    let number: Int
    let moment: Nanoseconds
    private let began: Instant
    private var queue: [UInt32] = []
    private var charged: [UInt32] = []
    private var buffer: UInt32 = 0
    private var firstDrops: UInt32?
    private var dropped: UInt32 = 0
    private var last: Instant
    /// No more samples are due: its time is over, or it closed.
    private(set) var isComplete = false

    static let duration = Nanoseconds(5_000_000_000)

    init(_ sample: SocketSample, number: Int) {
        self.sample = sample
        self.number = number
        moment = .sinceBoot
        began = .now
        last = began
        queue.reserveCapacity(Int(Self.duration.rawValue / SamplingPlan.burstPeriod.rawValue))
    }

    mutating func sample(with read: BurstLane.ReadQueue) {
        guard !isComplete else { return }
        guard let seen = read(sample) else {
            isComplete = true
            return
        }
        queue.append(seen.queue)
        charged.append(seen.charged)
        buffer = seen.buffer
        if let first = firstDrops, let change = Rates.change(from: first, to: seen.drops) {
            dropped = change
        } else {
            firstDrops = seen.drops
        }
        last = .now
        isComplete = last.since(began) >= Self.duration
    }

    func burst(reader: SocketReader, cost: Percent) -> QueueBurst {
        QueueBurst(
            socket: sample.id, number: number, moment: moment,
            duration: Duration(last.since(began)), isComplete: isComplete, queue: queue,
            charged: charged, buffer: ByteCount(UInt64(buffer)), dropped: UInt64(dropped),
            reader: reader, cost: cost)
    }
}

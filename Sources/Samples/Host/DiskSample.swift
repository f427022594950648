public import Units

/// A block device at one refresh, as `iostat -x` tells it; `/proc/diskstats`. Rates are over the time
/// since the refresh before; nil where they are not known.
public struct DiskSample: Hashable, Codable, Sendable, Identifiable {
    /// "vda", "nvme0n1", "dm-0". Partitions are part of their disk.
    public var name: String
    public var reads: Operations
    public var writes: Operations
    public var discards: Operations
    /// They have no bytes.
    public var flushes: Operations
    /// Requests that the device has right now.
    public var inFlight: Int?
    /// How many it had on average.
    public var queue: Double?
    /// Share of the time in which it had any. One that serves many at once may do more at 100 %.
    public var utilization: Percent?

    public var id: String { name }

    /// Requests of one kind that ended.
    public struct Operations: Hashable, Codable, Sendable {
        public var rate: Rate?
        public var bytes: Rate?
        /// From when one was queued until it ended, on average; nil too where none ended.
        public var wait: Duration?

        public init(rate: Rate? = nil, bytes: Rate? = nil, wait: Duration? = nil) {
            self.rate = rate
            self.bytes = bytes
            self.wait = wait
        }
    }

    public init(
        name: String, reads: Operations = Operations(), writes: Operations = Operations(),
        discards: Operations = Operations(), flushes: Operations = Operations(),
        inFlight: Int? = nil, queue: Double? = nil, utilization: Percent? = nil
    ) {
        self.name = name
        self.reads = reads
        self.writes = writes
        self.discards = discards
        self.flushes = flushes
        self.inFlight = inFlight
        self.queue = queue
        self.utilization = utilization
    }
}

extension DiskSample {
    /// It had requests nearly all the time: one that serves one after the other has nothing left. Kernels
    /// from 5.0 to 6.9 count a whole tick for each in which a request began, so that some hundred short
    /// ones a second look like that; but then it had hardly one on average. Memory is never busy.
    package var isSaturated: Bool {
        guard let utilization, utilization >= Self.leastOfSaturated, !isMemory else { return false }
        return queue.map { $0 >= 0.5 } ?? true || inFlight ?? 0 > 0
    }

    package static let leastOfSaturated = Percent(90.0)

    private var isMemory: Bool { name.hasPrefix("zram") || name.hasPrefix("ram") }

    /// The one that had requests for the greatest part of the time; nil while that is known of none.
    package static func busiest(of disks: [DiskSample]) -> DiskSample? {
        disks.filter { $0.utilization != nil }
            .max { $0.utilization ?? .zero < $1.utilization ?? .zero }
    }
}

public import Units

/// One socket's receive queue, sampled every 10 ms for 5 s, and who was to read it: what a burst
/// each second cannot tell apart.
public struct QueueBurst: Codable, Sendable {
    public var socket: SocketID
    /// Counts the bursts of this socket, from 1.
    public var number: Int
    /// When it began, on the clock of `Snapshot.moment`.
    public var moment: Nanoseconds
    /// How long it took, or has taken so far.
    public var duration: Duration
    /// It has come to its end; a socket that closed ends it early.
    public var isComplete: Bool
    /// Bytes in the queue in each sample, as the kernel charges them. Samples come less often than every
    /// 10 ms where all together are dear.
    public var queue: [UInt32]
    /// What the kernel compared with the buffer in each sample: the queue, and what was read and not
    /// released yet. Empty where it is not known.
    public var charged: [UInt32]
    /// SO_RCVBUF as the kernel keeps it.
    public var buffer: ByteCount
    /// What it dropped during that time.
    public var dropped: UInt64
    public var reader: SocketReader
    /// CPU time that all bursts of that time took together, per second, as a share of one CPU.
    public var cost: Percent

    public init(
        socket: SocketID, number: Int = 1, moment: Nanoseconds = Nanoseconds(0),
        duration: Duration = .zero, isComplete: Bool = false, queue: [UInt32] = [],
        charged: [UInt32] = [], buffer: ByteCount, dropped: UInt64 = 0,
        reader: SocketReader = SocketReader(),
        cost: Percent = .zero
    ) {
        self.socket = socket
        self.number = number
        self.moment = moment
        self.duration = duration
        self.isComplete = isComplete
        self.queue = queue
        self.charged = charged
        self.buffer = buffer
        self.dropped = dropped
        self.reader = reader
        self.cost = cost
    }
}

/// Who is to read a socket, and what they did during a burst.
public struct SocketReader: Hashable, Codable, Sendable {
    /// Nil while the owner is not known.
    public var owner: SocketOwner?
    /// Processes that hold it beside the owner and were not polled, for there are too many: they
    /// may read it. Others that hold it are polled like the owner.
    public var otherOwners: Int
    /// The epoll instances that hold the socket.
    public var epolls: [Epoll]
    /// Threads that were seen waiting for the socket, in a call on it or in one of the epolls; else,
    /// if there is none, those that used CPU. At most 16.
    public var threads: [Thread]
    /// Threads of the owner, or of another, may not be polled: no permission.
    public var isDenied: Bool
    /// So many threads they have that were polled.
    public var threadCount: Int
    /// So many of these were not polled, for there are too many.
    public var threadsPassedOver: Int

    /// A set of descriptors that one waits on together; `/proc/PID/fdinfo/FD`, `epoll(7)`.
    public struct Epoll: Hashable, Codable, Sendable {
        public var descriptor: Int32
        /// Whose it is; nil for the owner's.
        public var process: ProcessID?
        /// EPOLLET: only news wake the reader, and a queue that is full has none.
        public var isEdgeTriggered: Bool
        /// EPOLLONESHOT: after one event nothing more comes until it is armed again.
        public var isOneShot: Bool
        /// It asks for data to read (EPOLLIN).
        public var isForReading: Bool

        public init(
            descriptor: Int32, process: ProcessID? = nil, isEdgeTriggered: Bool = false,
            isOneShot: Bool = false, isForReading: Bool = true
        ) {
            self.descriptor = descriptor
            self.process = process
            self.isEdgeTriggered = isEdgeTriggered
            self.isOneShot = isOneShot
            self.isForReading = isForReading
        }
    }

    public struct Thread: Hashable, Codable, Sendable {
        public var id: ThreadIdentity
        public var name: String
        /// Whose it is; nil for the owner's.
        public var process: ProcessID?
        /// How often it was polled, and how often it was asleep in a call that waits for the
        /// socket: on it, or in an epoll that holds it.
        public var samples: Int
        public var waits: Int
        /// How often it was asleep in something else, and how often it ran.
        public var sleepsElsewhere: Int
        public var runs: Int
        /// The call it was last asleep in: "epoll_wait", "recvfrom", "nanosleep".
        public var call: String?
        /// The epoll it waits in, where that holds the socket.
        public var epoll: Int32?
        /// CPU time it used, and times it gave up the CPU, during the burst.
        public var cpuTime: Nanoseconds
        public var voluntarySwitches: UInt64

        public init(
            id: ThreadIdentity, name: String, process: ProcessID? = nil, samples: Int = 0,
            waits: Int = 0, sleepsElsewhere: Int = 0, runs: Int = 0, call: String? = nil,
            epoll: Int32? = nil,
            cpuTime: Nanoseconds = Nanoseconds(0), voluntarySwitches: UInt64 = 0
        ) {
            self.id = id
            self.name = name
            self.process = process
            self.samples = samples
            self.waits = waits
            self.sleepsElsewhere = sleepsElsewhere
            self.runs = runs
            self.call = call
            self.epoll = epoll
            self.cpuTime = cpuTime
            self.voluntarySwitches = voluntarySwitches
        }
    }

    public init(
        owner: SocketOwner? = nil, otherOwners: Int = 0, epolls: [Epoll] = [],
        threads: [Thread] = [], isDenied: Bool = false, threadCount: Int = 0,
        threadsPassedOver: Int = 0
    ) {
        self.owner = owner
        self.otherOwners = otherOwners
        self.epolls = epolls
        self.threads = threads
        self.isDenied = isDenied
        self.threadCount = threadCount
        self.threadsPassedOver = threadsPassedOver
    }
}

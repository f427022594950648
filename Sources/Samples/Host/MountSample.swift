public import Units

/// A mounted file system, as it was at its last reading; `statvfs(3)`, `proc_pid_mountinfo(5)`.
public struct MountSample: Hashable, Codable, Sendable {
    /// Where it is mounted, as the processes of its mount namespace see it.
    public var path: String
    /// "ext4", "tmpfs".
    public var type: String
    /// "/dev/vda1", or what it was called.
    public var source: String
    /// Who sees it, where our own mount namespace does not have it.
    public var process: ProcessID?
    public var isReadOnly: Bool
    /// The mount may be written, but its file system may not: it turned so by itself.
    public var isForcedReadOnly: Bool
    /// It was writable at an earlier reading; the first at which it was not.
    public var readOnlySince: WallTime?
    /// Nil where it did not answer.
    public var room: Room?
    /// Since when it has not answered; nil where it did.
    public var silentSince: WallTime?
    /// Of a full one, and of one in memory that fills: who writes to it.
    public var writers: [Writer]

    /// How much is on it.
    public struct Room: Hashable, Codable, Sendable {
        public var size: ByteCount
        public var used: ByteCount
        /// For a process that is not root's.
        public var available: ByteCount
        /// Inodes; zero where the file system has no limit to them.
        public var files: UInt64
        public var freeFiles: UInt64

        public init(
            size: ByteCount, used: ByteCount, available: ByteCount, files: UInt64, freeFiles: UInt64
        ) {
            self.size = size
            self.used = used
            self.available = available
            self.files = files
            self.freeFiles = freeFiles
        }
    }

    /// A process with a file on it open for writing, that made calls that write.
    public struct Writer: Hashable, Codable, Sendable {
        public var process: ProcessIdentity
        public var name: String
        /// One of its files there.
        public var file: String
        /// Calls that write, and bytes that they wrote, to whatever file.
        public var calls: Rate
        public var bytes: Rate

        public init(
            process: ProcessIdentity, name: String, file: String, calls: Rate, bytes: Rate
        ) {
            self.process = process
            self.name = name
            self.file = file
            self.calls = calls
            self.bytes = bytes
        }

        /// Its calls write nothing: they fail.
        public var fails: Bool { calls > .zero && bytes < calls }
    }

    public init(
        path: String, type: String, source: String, process: ProcessID? = nil,
        isReadOnly: Bool = false, isForcedReadOnly: Bool = false, readOnlySince: WallTime? = nil,
        room: Room? = nil, silentSince: WallTime? = nil, writers: [Writer] = []
    ) {
        self.path = path
        self.type = type
        self.source = source
        self.process = process
        self.isReadOnly = isReadOnly
        self.isForcedReadOnly = isForcedReadOnly
        self.readOnlySince = readOnlySince
        self.room = room
        self.silentSince = silentSince
        self.writers = writers
    }

    /// Its files are in memory.
    public var isInMemory: Bool { type == "tmpfs" }
}

extension MountSample.Room {
    /// Less than this is left of a full one: a part of its size, and no more than so many bytes.
    static let leastPart: UInt64 = 1000
    static let leastBytes: UInt64 = 1 << 20

    public var isFull: Bool {
        size.rawValue > 0
            && available.rawValue <= min(size.rawValue / Self.leastPart, Self.leastBytes)
    }
    public var lacksInodes: Bool { files > 0 && freeFiles == 0 }
}

public import Units

/// What the kernel killed because memory ran out.
public struct OOMKills: Hashable, Codable, Sendable {
    /// Since boot: `oom_kill` of `/proc/vmstat` (since 4.13).
    public var total: UInt64
    /// Of these, since sampling began.
    public var sinceStart: UInt64
    /// The refresh at which the count last rose; nil while it did not.
    public var lastSeen: WallTime?
    /// Who, oldest first, at most 16: from the kernel log, where it may be read.
    public var victims: [Victim]

    /// One line "Killed process N (name)" of the kernel log.
    public struct Victim: Hashable, Codable, Sendable {
        /// In the kernel's own pid namespace.
        public var process: ProcessID
        public var name: String
        /// The limit was a control group's, not the machine's.
        public var isOfGroup: Bool
        /// Which one's (since 5.0); nil where it was the machine's, or where the log does not say.
        public var group: String?
        /// The refresh at which the log told of it.
        public var seen: WallTime?

        public init(
            process: ProcessID, name: String, isOfGroup: Bool, group: String? = nil,
            seen: WallTime? = nil
        ) {
            self.process = process
            self.name = name
            self.isOfGroup = isOfGroup
            self.group = group
            self.seen = seen
        }
    }

    public init(
        total: UInt64, sinceStart: UInt64 = 0, lastSeen: WallTime? = nil, victims: [Victim] = []
    ) {
        self.total = total
        self.sinceStart = sinceStart
        self.lastSeen = lastSeen
        self.victims = victims
    }
}

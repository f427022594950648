/// What stood in the way of sampling. Tasks that merely vanished are normal and not counted.
public struct SamplingTrouble: Hashable, Codable, Sendable {
    /// Reads refused without permission since the start.
    public var denied: Int
    /// Files that did not parse since the start (our bug).
    public var malformed: Int
    /// The first few of them, each once, with the reason.
    public var malformedFiles: [String]
    /// Fields that did not parse since the start, in files of which the rest was taken.
    public var malformedFields: Int
    /// In so many kinds of files: `/proc/PID/stat` is one.
    public var filesWithMalformedFields: Int
    /// The first of each kind of file and each field: `/proc/stat processes "-1"`.
    public var malformedFieldExamples: [String]
    /// Processes of other users are not to be seen: /proc is mounted with `hidepid`.
    public var hidesProcesses = false
    /// Processes whose slow files (`cmdline`) did not answer in time and are left alone.
    public var unresponsive: Int
    /// Processes of a captured tree that are not shown because their `stat` or `task` is missing.
    /// Always 0 on a live machine, where such a process has ended.
    public var incomplete: Int
    /// What we ran out of in this refresh, so that something was not read.
    public var shortage: Shortage?

    /// Of what there is not enough for us.
    public enum Shortage: String, Hashable, Codable, Sendable {
        /// EMFILE or ENFILE: our limit, or the machine's, is reached.
        case descriptors
        /// ENOMEM: of the kernel, or of our control group.
        case memory
    }

    public init(
        denied: Int = 0, malformed: Int = 0, malformedFiles: [String] = [],
        malformedFields: Int = 0, filesWithMalformedFields: Int = 0,
        malformedFieldExamples: [String] = [], unresponsive: Int = 0, incomplete: Int = 0,
        shortage: Shortage? = nil
    ) {
        self.denied = denied
        self.malformed = malformed
        self.malformedFiles = malformedFiles
        self.malformedFields = malformedFields
        self.filesWithMalformedFields = filesWithMalformedFields
        self.malformedFieldExamples = malformedFieldExamples
        self.unresponsive = unresponsive
        self.incomplete = incomplete
        self.shortage = shortage
    }

    /// So many files are named that did not parse, and so many fields.
    package static let mostNamed = 16

    /// Takes in what did not parse elsewhere.
    package mutating func add(_ other: SamplingTrouble) {
        malformed += other.malformed
        let room = max(0, Self.mostNamed - malformedFiles.count)
        malformedFiles += other.malformedFiles.prefix(room)
        malformedFields += other.malformedFields
        filesWithMalformedFields += other.filesWithMalformedFields
        malformedFieldExamples += other.malformedFieldExamples
            .prefix(max(0, Self.mostNamed - malformedFieldExamples.count))
    }
}

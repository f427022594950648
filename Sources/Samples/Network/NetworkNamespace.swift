public import Units

/// A network namespace of the machine, and who is in it.
public struct NetworkNamespace: Hashable, Codable, Sendable, Identifiable {
    public let id: NamespaceID
    /// The one dxtop itself is in.
    public var isOwn: Bool
    /// What `ip netns` calls it: names of files in `/run/netns` that stand for it, sorted.
    public var names: [String]
    /// The process with the lowest number in it; nil where only a name or a file keeps it.
    public var process: ProcessIdentity?
    public var processCount: Int

    public init(
        id: NamespaceID, isOwn: Bool = false, names: [String] = [],
        process: ProcessIdentity? = nil, processCount: Int = 0
    ) {
        self.id = id
        self.isOwn = isOwn
        self.names = names
        self.process = process
        self.processCount = processCount
    }
}

/// The namespaces of the machine, as far as they may be seen.
public struct NamespaceList: Hashable, Codable, Sendable {
    /// Our own first, then by how many processes are in them.
    public var namespaces: [NetworkNamespace]
    /// Processes whose namespace may not be known: no permission.
    public var deniedProcesses: Int

    public init(namespaces: [NetworkNamespace], deniedProcesses: Int = 0) {
        self.namespaces = namespaces
        self.deniedProcesses = deniedProcesses
    }
}

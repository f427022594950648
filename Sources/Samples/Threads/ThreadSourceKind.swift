/// Where threads' figures come from, the best first.
public enum ThreadSourceKind: String, Hashable, Codable, Sendable, CaseIterable {
    /// The kernel's task iterator, by a program in the kernel; `bpf(2)`.
    case iterator = "bpf"
    /// The kernel's accounting over netlink; `Documentation/accounting/taskstats.rst`.
    case taskstats
    /// The files of each thread; `proc(5)`.
    case proc
}

/// Why a source does not work here: words for people.
public struct ThreadSourceRefusal: Error, Hashable, Codable, Sendable, CustomStringConvertible {
    public let description: String
    /// More rights would do.
    public let isForWantOfRights: Bool
    /// It may work later: descriptors or memory have run out.
    package let isPassing: Bool

    package init(
        _ description: String, isForWantOfRights: Bool = false, isPassing: Bool = false
    ) {
        self.description = description
        self.isForWantOfRights = isForWantOfRights
        self.isPassing = isPassing
    }
}

/// Which source of threads' figures was taken, and why not a better one.
public struct ThreadSourceReport: Hashable, Codable, Sendable {
    public var chosen: ThreadSourceKind
    /// Of those that were tried and do not work here, or worked no longer.
    public var refusals: [ThreadSourceKind: ThreadSourceRefusal]

    package init(chosen: ThreadSourceKind, refusals: [ThreadSourceKind: ThreadSourceRefusal]) {
        self.chosen = chosen
        self.refusals = refusals
    }

    /// More rights would enable a better one.
    package var isForWantOfRights: Bool { refusals.values.contains(where: \.isForWantOfRights) }
}

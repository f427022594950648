package import ProcSampling
package import Units

/// What a tool runs on.
package enum ToolTarget: Sendable, Hashable {
    case thread(ThreadTarget)
    case peer(PeerTarget)
}

package struct ThreadTarget: Sendable, Hashable {
    package let process: ProcessIdentity
    package let thread: ThreadIdentity

    package init(process: ProcessIdentity, thread: ThreadIdentity) {
        self.process = process
        self.thread = thread
    }
}

/// The other end of a path that begins in a network namespace.
package struct PeerTarget: Sendable, Hashable {
    package let address: IPAddress
    /// Nil for our own.
    package let namespace: NetworkNamespace?
    /// Where the path begins, and its MTU there, as far as they are known.
    package let interfaceName: String?
    package let interfaceMTU: Int?

    package init(
        address: IPAddress, namespace: NetworkNamespace? = nil, interfaceName: String? = nil,
        interfaceMTU: Int? = nil
    ) {
        self.address = address.unmapped
        self.namespace = namespace
        self.interfaceName = interfaceName
        self.interfaceMTU = interfaceMTU
    }

    /// The file by which programs enter its namespace; nil where they need not, or cannot.
    var namespaceFile: String? {
        guard let namespace, !namespace.isOwn else { return nil }
        return namespace.process.map { "/proc/\($0.pid)/ns/net" }
            ?? namespace.names.first.map { "/run/netns/" + $0 }
    }

    /// An address of version 6 that every link has, fe80::/10, goes with its interface.
    var isOfLink: Bool { address.isV6 && address.high >> 54 == 0xFE80 >> 6 }

    /// As programs take it: "10.1.2.3", "fe80::1%eth0".
    package var label: String {
        "\(address)" + (isOfLink ? interfaceName.map { "%" + $0 } ?? "" : "")
    }
}

/// What a running tool has to say, in order; the last one is `finished`.
package enum ToolEvent: Sendable {
    /// This argument vector runs now.
    case started(command: [String])
    /// A piece of what it printed (standard output and error), as the bytes came.
    case output([UInt8])
    case finished(ToolOutcome)
}

/// How a tool ended, and how it left its target.
package struct ToolOutcome: Sendable, Hashable {
    package enum Ending: Sendable, Hashable {
        /// It did its work, or its time was over.
        case done
        /// The user stopped it.
        case stopped
        /// It did not start or did not work: why, and what would help.
        case failed(reason: String, remedy: String?)
    }

    package var ending: Ending
    /// What was measured of a thread afterwards: "T4127 runs on, untraced".
    package var targetAfterwards: String?
    /// A sentence for a result that does not say it itself: "0 system calls in 10 s".
    package var conclusion: String?
    /// What was found of the way to a peer.
    package var pathMTU: PathMTUResult?

    package init(
        ending: Ending, targetAfterwards: String? = nil, conclusion: String? = nil,
        pathMTU: PathMTUResult? = nil
    ) {
        self.ending = ending
        self.targetAfterwards = targetAfterwards
        self.conclusion = conclusion
        self.pathMTU = pathMTU
    }
}

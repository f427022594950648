import Glibc
import Synchronization
import Testing

/// Network namespaces of our own, joined in a row and removed when they are done with;
/// `ip-netns(8)`, `veth(4)`.
struct NetworkNamespace: Sendable {
    let name: String

    /// A pair of interfaces that joins a namespace (`next`) with the one behind it (`back`).
    struct Link: Sendable {
        var mtu = 1500
        /// Of the far end, where it is another: what is longer is lost there without a word.
        var farMTU: Int?
    }

    private static let count = Atomic(0)

    /// Whether this machine lets us make some.
    fileprivate static func areAvailable() async -> Bool {
        guard geteuid() == 0 else { return false }
        return (try? await run([Link()]) { _ in true }) == true
    }

    /// Makes a row of namespaces with these links between them, hands it to `body`, and removes
    /// them whatever happens.
    ///
    /// Over link N (from 0) a namespace is 10.77.N.1 to the one behind it, which is 10.77.N.2.
    /// Those in the middle forward, and each can reach all.
    @discardableResult
    static func run<Result: Sendable>(
        _ links: [Link] = [], body: ([NetworkNamespace]) async throws -> Result
    ) async throws -> Result {
        let row = (0...links.count).map { _ in
            let number = count.wrappingAdd(1, ordering: .relaxed).newValue
            return NetworkNamespace(name: "dxtop-test-\(getpid())-\(number)")
        }
        do {
            try await make(row, links)
            let result = try await body(row)
            await remove(row)
            return result
        } catch {
            await remove(row)
            throw error
        }
    }

    /// Sets a value of `/proc/sys` that each namespace has for itself: `net/ipv4/ip_forward`.
    func set(_ setting: String, to value: String) async throws {
        let line = #"echo "$1" > "/proc/sys/$0""#
        try await EndToEndTests.run(Program.shell(line, setting, value).inside(self))
            .expectSuccess()
    }

    private static func make(_ row: [NetworkNamespace], _ links: [Link]) async throws {
        for namespace in row {
            try await ip("netns", "add", namespace.name)
            try await namespace.ip("link", "set", "lo", "up")
        }
        for (number, link) in links.enumerated() {
            let (near, far) = (row[number], row[number + 1])
            try await near.ip(
                "link", "add", "next", "mtu", "\(link.mtu)", "type", "veth", "peer", "name", "back",
                "mtu", "\(link.farMTU ?? link.mtu)", "netns", far.name)
            try await near.ip("address", "add", "10.77.\(number).1/24", "dev", "next")
            try await far.ip("address", "add", "10.77.\(number).2/24", "dev", "back")
            try await near.ip("link", "set", "next", "up")
            try await far.ip("link", "set", "back", "up")
        }
        for (number, namespace) in row.enumerated() {
            if number < links.count {
                try await namespace.ip("route", "add", "10.77.0.0/16", "via", "10.77.\(number).2")
            }
            for link in links.indices where link < number - 1 {
                try await namespace.ip(
                    "route", "add", "10.77.\(link).0/24", "via", "10.77.\(number - 1).1")
            }
            if number > 0, number < links.count {
                try await namespace.set("net/ipv4/ip_forward", to: "1")
            }
        }
    }

    private static func remove(_ row: [NetworkNamespace]) async {
        // In a task of its own: it has to run when the test's task is cancelled, too.
        await Task {
            for namespace in row { try? await ip("netns", "delete", namespace.name) }
        }.value
    }

    private func ip(_ arguments: String...) async throws {
        try await Self.ip(["-n", name] + arguments)
    }

    private static func ip(_ arguments: String...) async throws {
        try await ip(arguments)
    }

    private static func ip(_ arguments: [String]) async throws {
        try await EndToEndTests.run(Program(path: "/usr/sbin/ip", arguments: arguments))
            .expectSuccess()
    }
}

extension Program {
    /// The same program in a network namespace; as it stands without one.
    func inside(_ namespace: NetworkNamespace?) -> Program {
        guard let namespace else { return self }
        return Program(
            path: "/usr/bin/nsenter",
            arguments: ["--net=/run/netns/\(namespace.name)", path] + arguments,
            environment: environment)
    }
}

extension Outcome {
    /// For programs that prepare something: what they say is the error where they fail.
    fileprivate func expectSuccess() throws {
        guard exitCode == 0 else { throw DeadlineMissed(description: "\(self)") }
    }
}

extension Trait where Self == ConditionTrait {
    static var needsNetworkNamespaces: Self {
        .enabled("needs root, ip and nsenter") { await NetworkNamespace.areAvailable() }
    }
}

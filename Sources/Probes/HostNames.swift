import Subprocess
import Synchronization
import SystemPackage
package import Units

/// Asks what hosts are called, through `getent hosts`: the system's own way (hosts file, DNS), in a
/// child process, since glibc's resolver inside a static program would load shared libraries. Only
/// what a person asked for is asked; nobody waits for an answer.
package final class HostNames: Sendable {
    private let queue = Mutex(Queue())
    private let answer: @Sendable (IPAddress, String?) -> Void

    private struct Queue {
        var waiting: [IPAddress] = []
        var workers = 0
    }

    /// A name server that is away answers late or never: some questions at once, and each is given
    /// up after some seconds.
    private static let mostWorkers = 4
    private static let patience = "5"

    /// - Parameter answer: Called from another thread for each address, with nil for one without a
    ///   name.
    package init(answer: @escaping @Sendable (IPAddress, String?) -> Void) {
        self.answer = answer
    }

    /// Returns at once.
    package func ask(_ addresses: [IPAddress]) {
        let new = queue.withLock { queue in
            queue.waiting += addresses
            let new = min(Self.mostWorkers - queue.workers, queue.waiting.count)
            queue.workers += max(0, new)
            return max(0, new)
        }
        for _ in 0..<new { Task.detached { await self.work() } }
    }

    private func next() -> IPAddress? {
        queue.withLock { queue in
            guard !queue.waiting.isEmpty else {
                queue.workers -= 1
                return nil
            }
            return queue.waiting.removeFirst()
        }
    }

    private func work() async {
        while let address = next() { answer(address, await Self.name(of: address)) }
    }

    private static func name(of address: IPAddress) async -> String? {
        // Children get no terminal of ours to read from or to write to.
        var options = PlatformOptions()
        options.createSession = true
        let result = try? await Subprocess.run(
            .name("timeout"),
            arguments: [patience, "getent", "hosts", address.description],
            platformOptions: options, input: .none,
            output: .string(limit: 4096, encoding: UTF8.self),
            error: .discarded)
        guard let result, result.terminationStatus.isSuccess else { return nil }
        return name(in: result.standardOutput)
    }

    /// The name in a line of "address name aliases".
    static func name(in line: String) -> String? {
        line.prefix { !$0.isNewline }.split(whereSeparator: \.isWhitespace).dropFirst().first
            .map(String.init)
    }
}

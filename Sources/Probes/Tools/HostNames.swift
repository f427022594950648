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
        /// The latest question at the end: it is answered first, since it is of what is seen now.
        var waiting: [IPAddress] = []
        var workers = 0
    }

    /// A name server that is away answers late or never: some questions at once, and each is given
    /// up after some seconds.
    private static let mostWorkers = 4
    private static let patience = "5"
    /// More questions do not wait: while no name server answers, the oldest are given up.
    static let mostWaiting = 256

    /// - Parameter answer: Called from another thread for each address, with nil for one without a
    ///   name.
    package init(answer: @escaping @Sendable (IPAddress, String?) -> Void) {
        self.answer = answer
    }

    /// Returns at once.
    package func ask(_ addresses: [IPAddress]) {
        let (new, givenUp) = queue.withLock { queue in
            queue.waiting += addresses
            let tooMany = max(0, queue.waiting.count - Self.mostWaiting)
            let givenUp = queue.waiting.prefix(tooMany)
            queue.waiting.removeFirst(tooMany)
            let new = max(0, min(Self.mostWorkers - queue.workers, queue.waiting.count))
            queue.workers += new
            return (new, Array(givenUp))
        }
        for address in givenUp { answer(address, nil) }
        for _ in 0..<new { Task.detached { await self.work() } }
    }

    /// What waits is not asked any more.
    package func stop() { queue.withLock { $0.waiting.removeAll() } }

    private func next() -> IPAddress? {
        queue.withLock { queue in
            if let latest = queue.waiting.popLast() { return latest }
            queue.workers -= 1
            return nil
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

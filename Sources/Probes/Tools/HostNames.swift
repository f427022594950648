import Synchronization
package import Units

/// Asks what hosts are called: the hosts file, DNS. Only what a person asked for is asked; nobody waits
/// for an answer.
package final class HostNames: Sendable {
    private let queue = Mutex(Queue())
    private let answer: @Sendable (IPAddress, String?) -> Void

    private struct Queue {
        /// The latest question at the end: it is answered first, since it is of what is seen now.
        var waiting: [IPAddress] = []
        var workers = 0
    }

    /// A name server that is away answers late or never: some questions at once.
    private static let mostWorkers = 4
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
            guard SpareDescriptors.suffice else { return (0, Array(givenUp)) }
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
        let line = await NameService.answer(to: address.description, in: "hosts")
        return line.flatMap(name)
    }

    /// The name in a line of "address name aliases".
    static func name(in line: String) -> String? {
        line.prefix { !$0.isNewline }.split(whereSeparator: \.isWhitespace).dropFirst().first
            .map(String.init)
    }
}

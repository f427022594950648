import Synchronization
package import Units

/// What users are called that `/etc/passwd` does not have, but a directory of the network (LDAP, SSSD).
/// Nobody waits for an answer: a name is there, or not yet.
package final class ForeignUsers: Sendable {
    private let requests = Mutex(Requests())

    private struct Requests {
        var waiting: [UserID] = []
        var asked: Set<UserID> = []
        var names: [UserID: String] = [:]
        var isWorking = false
    }

    /// Each costs a process; a box with more has other worries.
    static let most = 1024

    package init() {}

    /// Those that are known by now.
    package var names: [UserID: String] { requests.withLock { $0.names } }

    /// Returns at once. Each is asked about once, one after the other.
    package func ask(_ users: some Sequence<UserID>) {
        let isIdle = requests.withLock { requests in
            for user in users where requests.asked.count < Self.most {
                if requests.asked.insert(user).inserted { requests.waiting.append(user) }
            }
            guard !requests.isWorking, !requests.waiting.isEmpty, SpareDescriptors.suffice else {
                return false
            }
            requests.isWorking = true
            return true
        }
        if isIdle { Task.detached { await self.work() } }
    }

    private func next() -> UserID? {
        requests.withLock { requests in
            guard let user = requests.waiting.popLast() else {
                requests.isWorking = false
                return nil
            }
            return user
        }
    }

    private func work() async {
        while let user = next() {
            let line = await NameService.answer(to: user.description, in: "passwd")
            if let name = line.flatMap(Self.name) { requests.withLock { $0.names[user] = name } }
        }
    }

    /// The name in a line of `passwd(5)`.
    static func name(in line: String) -> String? {
        let fields = line.prefix { !$0.isNewline }.split(
            separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3, !fields[0].isEmpty else { return nil }
        return String(fields[0])
    }
}

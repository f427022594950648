import Testing
import Units

@testable import Probes

struct ForeignUsersTests {
    @Test(arguments: [
        ("root:x:0:0:root:/root:/bin/bash\n", "root"), ("a\u{1B}[2J:x:1:1::/:\n", "a\u{1B}[2J"),
        ("", nil), ("root\n", nil), (":x:0:0\n", nil),
    ])
    func takesTheName(line: String, name: String?) {
        #expect(ForeignUsers.name(in: line) == name)
    }

    /// The first user has a name everywhere, by whatever way; the other is one that nobody may have.
    @Test func answersComeLaterAndOnlyOfThoseThatAreKnown() async throws {
        let users = ForeignUsers()
        users.ask([UserID(0), UserID(.max - 1)])
        while users.names[UserID(0)] == nil { await Task.yield() }
        #expect(users.names[UserID(0)] == "root")
        #expect(users.names[UserID(.max - 1)] == nil)
    }
}

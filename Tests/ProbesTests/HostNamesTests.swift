import Synchronization
import Testing
import Units

@testable import Probes

struct HostNamesTests {
    @Test(arguments: [
        ("127.0.0.1       localhost\n", "localhost"),
        ("10.9.1.4  build-4.example.org build-4\n10.9.1.4 other\n", "build-4.example.org"),
        ("", nil), ("10.9.1.4\n", nil),
    ])
    func takesTheFirstName(line: String, name: String?) {
        #expect(HostNames.name(in: line) == name)
    }

    /// The hosts file of every machine has this one; the others are of a range nobody may use, and
    /// are answered, too.
    @Test func everyQuestionIsAnsweredOnce() async throws {
        let local = try #require(IPAddress("127.0.0.1"))
        let others = (1...6).map { IPAddress(v4: 0xF000_0000 + $0) }
        let (answers, continuation) = AsyncStream.makeStream(of: (IPAddress, String?).self)
        let names = HostNames { continuation.yield(($0, $1)) }
        names.ask([local] + others)
        var known: [IPAddress: String?] = [:]
        for await (address, name) in answers {
            #expect(known[address] == nil)
            known[address] = .some(name)
            if known.count == 7 { break }
        }
        #expect(known[local] == .some("localhost"))
    }
}

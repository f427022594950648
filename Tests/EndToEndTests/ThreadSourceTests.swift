import Glibc
import TestTraits
import Testing

/// Where threads' figures come from, as it is said and as it is wished.
struct ThreadSourceTests {
    @Test(.needsRoot, arguments: ["bpf", "taskstats", "proc"])
    func theOneThatIsAskedForIsUsed(_ source: String) async throws {
        let outcome = try await run(
            .dxtop("snapshot", "--json", "--interval", "0.2", "--threads-from", source))
        #expect(outcome.exitCode == 0, "\(outcome)")
        let host = try #require(try JSON(parsing: outcome.output)["host"])
        #expect(host["threads_from"]?.string == source)
    }

    /// The iterator's numbers are the machine's: a namespace has its own.
    @Test(.needsRoot) func inAPidNamespaceItIsNotUsed() async throws {
        var program = Program.dxtop()
        program.arguments = [
            "--pid", "--fork", "--mount-proc", program.path, "snapshot", "--json", "--interval",
            "0.2",
        ]
        program.path = "/usr/bin/unshare"
        let outcome = try await run(program)
        let document = try JSON(parsing: outcome.output)
        let source = try #require(document["host"]?["threads_from"]?.string)
        #expect(["taskstats", "proc"].contains(source))
        // It is alone there, and its own first process.
        let threads = try #require(document["threads"]?.items)
        #expect(threads.contains { $0["tid"]?.number == 1 && $0["name"]?.string == "dxtop" })
        #expect(threads.allSatisfy { $0["pid"]?.number == 1 })

        program.arguments += ["--threads-from", "bpf"]
        let refused = try await run(program)
        #expect(refused.exitCode == 1)
        #expect(refused.errors.contains("pid namespace"), "\(refused)")
    }
}

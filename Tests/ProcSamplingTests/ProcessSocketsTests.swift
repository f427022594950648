import Glibc
import ProcFormats
import Testing

@testable import ProcSampling

/// Whether a process that computes talks over sockets.
struct ProcessSocketsTests {
    private let tree = FakeTree()

    /// Of a process that has used a whole CPU for some seconds, with these descriptors.
    private func talks(_ descriptors: [String], use: Int = 100) throws -> Bool? {
        try #require(mkdir(tree.path + "/100", 0o755) == 0)
        try #require(mkdir(tree.path + "/100/fd", 0o755) == 0)
        for (number, target) in descriptors.enumerated() {
            try #require(symlink(target, tree.path + "/100/fd/\(number)") == 0)
        }
        return try run(use: use).talksOverSockets
    }

    /// - Parameter use: in percent of a CPU.
    private func run(use: Int) throws -> ProcessSample {
        let sampler = try tree.sampler()
        var snapshot: Snapshot?
        for second in 1...4 {
            let task = FakeTree.Task(
                state: "R", user: second * use,
                schedule: (run: second * use * 10_000_000, delay: 0))
            tree.setProcess(100, [(100, task)])
            tree.advance()
            tree.pass(.seconds(1))
            snapshot = sampler.sample(Interest())
        }
        return try #require(snapshot?.processes.first)
    }

    @Test(arguments: [
        ["/dev/null", "pipe:[3]", "pipe:[4]", "socket:[77]", "socket:[78]"],
        ["/dev/null", "pipe:[3]", "pipe:[4]", "socket:[77]", "anon_inode:[eventpoll]"],
    ]) func severalSocketsOrOneInAnEventLoopMakeAService(descriptors: [String]) throws {
        #expect(try talks(descriptors) == true)
    }

    /// It may log, or have asked for a name.
    @Test func oneAloneDoesNot() throws {
        #expect(try talks(["/dev/null", "pipe:[3]", "pipe:[4]", "socket:[77]"]) == false)
    }

    @Test func whatWasNotSearchedToTheEndIsNotKnown() throws {
        let files = [String](repeating: "/x", count: SamplingPlan.mostSearchedFiles + 32)
        #expect(try talks(files) == nil)
    }

    /// A service manager makes those that its output goes to, and a program may copy them.
    @Test func standardStreamsDoNotCount() throws {
        #expect(
            try talks([
                "/dev/null", "socket:[5]", "socket:[6]", "anon_inode:[eventpoll]", "socket:[6]",
            ]) == false)
    }

    @Test func whoHardlyRunsIsNotAsked() throws {
        #expect(try talks(["/x", "/x", "/x", "socket:[77]", "socket:[78]"], use: 5) == nil)
    }

    @Test func withoutDescriptorsToReadItIsNotKnown() throws {
        #expect(try run(use: 100).talksOverSockets == nil)
    }
}

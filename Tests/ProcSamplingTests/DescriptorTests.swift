import Glibc
import Testing

@testable import ProcSampling

/// What the sampler does when the system has no descriptor left for it (EMFILE), in a process of
/// its own: the limit is for all of its threads.
struct DescriptorTests {
    @Test func withoutDescriptorsWhatWasKnownStandsAndThenItRecovers() async {
        await #expect(processExitsWith: .success) {
            let tree = FakeTree()
            for pid in [100, 200] {
                tree.setProcess(pid, [(pid, FakeTree.Task()), (pid + 1, FakeTree.Task())])
            }
            let sampler = Sampler(root: try ProcRoot(path: tree.path))
            let before = sampler.sample(Interest(), depth: .everything)
            #expect(before.processes.map(\.threads.count) == [2, 2])

            let limit = try DescriptorLimit.useUp()
            for _ in 0..<3 {
                let during = sampler.sample(Interest(), depth: .everything)
                #expect(during.processes.map(\.id) == before.processes.map(\.id))
                #expect(during.processes.map(\.threads.count) == [2, 2])
                #expect(during.host.uptime == nil)
                #expect(during.trouble.malformed == 0)
            }
            limit.restore()

            tree.setProcess(300, [(300, FakeTree.Task())])
            tree.advance()
            usleep(50_000)
            let after = sampler.sample(Interest(), depth: .everything)
            #expect(after.processes.map(\.threads.count) == [2, 2, 1])
            #expect(after.host.uptime == 1001)
        }
    }

    @Test func threadsThatCouldNotBeListedAreFoundLater() async {
        await #expect(processExitsWith: .success) {
            // The live gate needs no descriptor: the process is seen, its threads are not.
            let root = try ProcRoot()
            let sampler = Sampler(root: root)
            _ = sampler.sample(Interest(), depth: .processesOnly)
            let limit = try DescriptorLimit.useUp()
            let during = sampler.sample(Interest())
            #expect(!during.processes.isEmpty)
            #expect(during.processes.allSatisfy { $0.threads.isEmpty })
            limit.restore()
            let after = sampler.sample(Interest())
            // All but those that ended in this moment.
            #expect(after.processes.count { $0.threads.isEmpty } <= 2)
        }
    }

    /// No more descriptors can be opened, until it is restored.
    struct DescriptorLimit {
        private let before: rlimit

        static func useUp() throws -> DescriptorLimit {
            var limit = rlimit()
            try #require(getrlimit(__rlimit_resource_t(7), &limit) == 0)
            let before = limit
            limit.rlim_cur = 0
            try #require(setrlimit(__rlimit_resource_t(7), &limit) == 0)
            return DescriptorLimit(before: before)
        }

        func restore() {
            var limit = before
            setrlimit(__rlimit_resource_t(7), &limit)
        }
    }
}

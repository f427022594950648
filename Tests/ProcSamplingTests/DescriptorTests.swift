import Glibc
import ProcFormats
import Testing
import Units

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
            let sampler = try tree.sampler()
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
            tree.pass()
            let after = sampler.sample(Interest(), depth: .everything)
            #expect(after.processes.map(\.threads.count) == [2, 2, 1])
            #expect(after.host.uptime == 1001)
        }
    }

    /// Has no descriptor for its first listing: another thread took the last one.
    private final class ShortSource: FileBackedSource {
        let files: ProcThreadSource
        private var isShort = true

        init(root: ProcRoot) { files = ProcThreadSource(reader: ProcReader(root: root)) }

        var kind: ThreadSourceKind { .proc }

        func beginRefresh() {}

        func listThreads(of process: ProcessID, into threads: inout [Int32]) throws(ProcError) {
            if isShort {
                isShort = false
                throw .failed(path: "\(process)/task", errno: EMFILE)
            }
            try files.listThreads(of: process, into: &threads)
        }
    }

    @Test func threadsOfAnIdleProcessAreListedAgainAfterAFailure() throws {
        let tree = FakeTree()
        tree.setProcess(100, [(100, FakeTree.Task()), (101, FakeTree.Task())])
        let root = try ProcRoot(path: tree.path)
        let sampler = try tree.sampler(
            slowLane: SlowLane(root: root), threads: ShortSource(root: root))
        #expect(sampler.sample(Interest()).processes.map(\.threads.count) == [0])
        tree.advance()
        tree.pass()
        #expect(sampler.sample(Interest()).processes.map(\.threads.count) == [2])
    }

    @Test func withoutDescriptorsAFirstSampleFindsTheThreadsLater() async {
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

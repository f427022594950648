import Glibc
import ProcFormats
import ProcSampling
import Testing
import Units

struct ThreadPlaceTests {
    /// Of a thread of another user it may not be known where it sleeps: that is told apart from what is
    /// not known yet.
    @Test func whereAThreadOfAnotherUserSleepsIsDenied() async {
        await #expect(processExitsWith: .success) {
            if geteuid() == 0 { try #require(setuid(65534) == 0) }
            let sampler = Sampler(root: try ProcRoot())
            let before = sampler.sample(Interest())
            let first = try #require(before.processes.first { $0.id.pid == ProcessID(1) })
            let thread = try #require(first.threads.first)
            let after = try #require(
                sampler.amend(Interest(shownThreads: [thread.id], selectedThread: thread.id)))
            let then = try #require(after.process(first.id)?.threads.first)
            #expect(then.activity == .denied || then.state == .running)
        }
    }
}

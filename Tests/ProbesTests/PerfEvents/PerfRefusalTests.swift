import SystemPackage
import Testing
import Units

@testable import Probes

@Suite("Why there are no events")
struct PerfRefusalTests {
    private func environment(
        user: UInt32 = 1000, paranoid: Int? = 2, hasFilter: Bool = false
    ) -> ToolEnvironment {
        ToolEnvironment(
            searchPath: [], user: UserID(user), ownProcess: ProcessID(1), capabilities: [],
            hasSystemCallFilter: hasFilter, perfEventParanoid: paranoid)
    }

    private let thread = ProbeTarget.thread(unchecked(pid: 7, tid: 8))

    @Test("the setting is named with what it would have to be")
    func settings() {
        let distribution = PerfRefusal(.permissionDenied, in: environment(paranoid: 3))
            .refusal(of: thread)
        #expect(
            distribution.reason
                == "perf events are for root: kernel.perf_event_paranoid is 3")
        #expect(
            distribution.remedy == "run dxtop as root, or sysctl kernel.perf_event_paranoid=2")
        let host = PerfRefusal(.permissionDenied, in: environment()).refusal(of: .host)
        #expect(
            host.reason
                == "events of the whole host are for root: kernel.perf_event_paranoid is 2")
        #expect(host.remedy == "run dxtop as root, or sysctl kernel.perf_event_paranoid=0")
    }

    @Test("another user's thread is no matter of settings")
    func otherUser() {
        let refusal = PerfRefusal(.permissionDenied, in: environment()).refusal(of: thread)
        #expect(refusal.reason.hasPrefix("T8 belongs to another user"))
        #expect(refusal.remedy == "run dxtop as root")
    }

    @Test("root in a container is told of the container")
    func container() {
        let filter = PerfRefusal(.notPermitted, in: environment(user: 0, hasFilter: true))
            .refusal(of: thread)
        #expect(filter.reason.contains("seccomp"))
        let root = PerfRefusal(.permissionDenied, in: environment(user: 0, paranoid: 3))
            .refusal(of: thread)
        #expect(root.remedy?.hasPrefix("give the container CAP_PERFMON") == true)
    }

    @Test("what is gone, and what this kernel lacks")
    func others() {
        let gone = PerfRefusal(.noSuchProcess, in: environment()).refusal(of: thread)
        #expect(gone.reason == "T8 has ended")
        let old = PerfRefusal(.noFunction, in: environment()).refusal(of: thread)
        #expect(old.reason.hasPrefix("this kernel has no perf events"))
        let full = PerfRefusal(.tooManyOpenFiles, in: environment()).refusal(of: thread)
        #expect(full.remedy?.contains("ulimit -n") == true)
    }
}

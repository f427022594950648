import ProcFormats
import ProcSampling
import TestTraits
import Testing
import Units

@testable import Probes

struct ToolPreflightTests {
    let target = ThreadTarget(
        process: ProcessIdentity(pid: ProcessID(2214), startTime: ClockTicks(1000)),
        thread: ThreadIdentity(tid: ThreadID(4127), startTime: ClockTicks(1001)))
    let reading = TargetReading(startTime: ClockTicks(1001), user: UserID(1000))

    /// Root on a plain machine, with every program installed.
    let root = ToolEnvironment(
        searchPath: ToolEnvironment.current().searchPath, user: UserID(0),
        ownProcess: ProcessID(1), capabilities: .all, perfEventParanoid: 2)

    /// The user whose process it is.
    var user: ToolEnvironment {
        var environment = root
        environment.user = UserID(1000)
        environment.capabilities = []
        return environment
    }

    func refusal(
        _ tool: Tool, _ environment: ToolEnvironment, _ reading: TargetReading?
    ) -> ToolRefusal? {
        do throws(ToolRefusal) {
            _ = try ToolPreflight(tool, on: target, in: environment, reading: reading).check()
            return nil
        } catch {
            return error
        }
    }

    @Test(.needs("strace", "perf"), arguments: ToolCatalogue.threadTools)
    func `root may use every tool`(_ tool: Tool) {
        #expect(refusal(tool, root, reading) == nil)
    }

    @Test func `a target that is gone, replaced or dead is refused`() {
        let tool = ToolCatalogue.straceSummary
        #expect(refusal(tool, root, nil)?.reason == "T4127 has ended")
        var other = reading
        other.startTime = ClockTicks(9999)
        #expect(
            refusal(tool, root, other)?.reason
                == "T4127 has ended: its number belongs to another thread now")
        var dead = reading
        dead.state = .zombie
        #expect(
            refusal(tool, root, dead)?.reason == "T4127 has ended: it is a zombie")
    }

    @Test(arguments: [
        (Distribution?.some(.debian), "apt install linux-perf"),
        (.ubuntu, "apt install linux-tools-generic"), (.fedora, "dnf install perf"),
        (nil, "apt install linux-perf, or dnf install perf"),
    ])
    func `a missing program is named with its package`(
        distribution: Distribution?, remedy: String
    ) {
        var environment = root
        environment.searchPath = []
        environment.distribution = distribution
        #expect(
            refusal(ToolCatalogue.perf, environment, reading)
                == ToolRefusal("perf is not installed", remedy: remedy))
    }

    @Test func `only one can trace`() {
        var traced = reading
        traced.tracer = .init(pid: ProcessID(812), name: "gdb")
        #expect(
            refusal(ToolCatalogue.straceSummary, root, traced)?.reason
                == "T4127 is already traced by 812 (gdb): one tracer at a time")
        #expect(refusal(ToolCatalogue.perf, root, traced) == nil)
    }

    @Test func `threads of the kernel and of dxtop are not traced`() {
        var kernel = reading
        kernel.isKernelThread = true
        #expect(refusal(ToolCatalogue.straceSummary, root, kernel) != nil)
        #expect(refusal(ToolCatalogue.perf, root, kernel) == nil)
        var own = root
        own.ownProcess = target.process.pid
        #expect(refusal(ToolCatalogue.straceLive, own, reading) != nil)
    }

    @Test(
        arguments: [(nil, true), (0, true), (1, false), (2, false), (3, false)] as [(Int?, Bool)])
    func `yama decides for a user's own process`(scope: Int?, isAllowed: Bool) {
        var environment = user
        environment.ptraceScope = scope
        let refusal = self.refusal(ToolCatalogue.straceSummary, environment, reading)
        #expect((refusal == nil) == isAllowed)
        if let refusal, let scope {
            #expect(refusal.reason.contains("kernel.yama.ptrace_scope is \(scope)"))
            #expect(refusal.remedy != nil)
        }
    }

    @Test func `yama does not stop root, unless tracing is off for good`() {
        var environment = root
        environment.ptraceScope = 2
        #expect(refusal(ToolCatalogue.straceSummary, environment, reading) == nil)
        environment.ptraceScope = 3
        #expect(refusal(ToolCatalogue.straceSummary, environment, reading) != nil)
    }

    @Test(arguments: [ToolCatalogue.straceSummary, ToolCatalogue.perf])
    func `another user's process takes more rights`(_ tool: Tool) {
        var foreign = reading
        foreign.user = UserID(33)
        #expect(
            refusal(tool, user, foreign)
                == ToolRefusal(
                    "T4127 belongs to user 33, dxtop runs as 1000", remedy: "run dxtop as root"))
        // Root without its rights: a container.
        var contained = root
        contained.capabilities = []
        #expect(
            refusal(tool, contained, foreign)?.remedy
                == "give the container CAP_SYS_PTRACE, or run dxtop on its host")
        contained.ptraceScope = 2
        contained.perfEventParanoid = 3
        var own = reading
        own.user = UserID(0)
        for tool in ToolCatalogue.threadTools {
            guard let refusal = refusal(tool, contained, own) else { continue }
            #expect(refusal.reason.contains("root with CAP_"), "\(refusal)")
            #expect(refusal.remedy?.contains("as root") == false, "\(refusal)")
        }
    }

    @Test func `perf_event_paranoid decides for users`() throws {
        var environment = user
        environment.perfEventParanoid = 3
        let refusal = try #require(self.refusal(ToolCatalogue.perf, environment, reading))
        #expect(refusal.reason == "perf is for root: kernel.perf_event_paranoid is 3")
        #expect(
            refusal.remedy == "run dxtop as root, or sysctl kernel.perf_event_paranoid=2")
        environment.capabilities = .performance
        #expect(self.refusal(ToolCatalogue.perf, environment, reading) == nil)
        #expect(self.refusal(ToolCatalogue.perfTrace, user, reading) != nil)
    }

    @Test func `what a profile will lack is said before it starts`() throws {
        func notes(_ environment: ToolEnvironment) throws(ToolRefusal) -> [String] {
            try ToolPreflight(ToolCatalogue.perf, on: target, in: environment, reading: reading)
                .check()
        }
        #expect(try notes(root) == [])
        var environment = user
        environment.kernelPointersRestricted = 1
        environment.hasSystemCallFilter = true
        #expect(
            try notes(environment) == [
                "without kernel functions: kernel.perf_event_paranoid is 2",
                "a seccomp filter is on, as in a container: it may refuse perf",
                "kernel functions have no names: kernel.kptr_restrict is on",
            ])
    }

    @Test(
        arguments: [
            ("PRETTY_NAME=\"x\"\nID=debian\n", Distribution.debian),
            ("ID=ubuntu\nID_LIKE=debian\n", .ubuntu), ("ID_LIKE=debian\nID=ubuntu\n", .ubuntu),
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", .ubuntu), ("ID=\"rhel\"\n", .fedora),
            ("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n", .suse), ("ID=alpine", .alpine),
            ("ID=nixos\n", nil), ("", nil),
        ] as [(String, Distribution?)])
    func `os-release names the distribution`(text: String, distribution: Distribution?) {
        #expect(Distribution(osRelease: text) == distribution)
    }
}

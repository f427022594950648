import ProcFormats
import ProcSampling
import Testing
import Units

@testable import Probes

/// What is said of a machine, by made facts.
struct DoctorTests {
    private func facts(
        user: UInt32 = 0, capabilities: Capabilities = .all,
        _ change: (inout DoctorFacts) -> Void = { _ in }
    ) -> DoctorFacts {
        var facts = DoctorFacts(
            environment: ToolEnvironment(
                searchPath: ["/nowhere"], user: UserID(user), ownProcess: ProcessID(7),
                capabilities: capabilities, perfEventParanoid: 2, distribution: .debian),
            terminal: DoctorFacts.TerminalFacts(
                name: "xterm-256color", isKnown: true, isUTF8: true, colors: 256),
            sampled: DoctorFacts.Sampled(
                Snapshot(
                    sequence: 1, time: WallTime(seconds: 0), interval: nil,
                    host: HostSample(name: "x", kernelRelease: "6", cpuCount: 1), processes: [])))
        facts.tracing = .works
        facts.groups = [.cpu: 2, .memory: 1]
        change(&facts)
        return facts
    }

    private func line(_ subject: String, _ facts: DoctorFacts) throws -> DoctorReport.Line {
        try #require(DoctorReport(facts).lines.first { $0.subject == subject })
    }

    @Test func whatWorksNeedsNoWords() throws {
        let report = DoctorReport(facts())
        for line in report.lines where line.mark == .ok {
            #expect(line.why == nil && line.remedy == nil, "\(line)")
        }
        for line in report.lines where line.mark != .ok { #expect(line.why != nil, "\(line)") }
        #expect(Set(report.lines.map(\.subject)).count == report.lines.count)
        let works = Set(report.lines.filter { $0.mark == .ok }.map(\.subject))
        #expect(
            works.isSuperset(of: [
                "rights", "processes", "threads' files", "kernel stacks", "perf events",
                "tracepoints", "ptrace", "kernel symbols", "mapped files", "cgroup cpu",
                "cgroup memory", "kernel log", "namespaces", "terminal", "kernel's files",
            ]))
    }

    @Test func aUserWithoutRights() throws {
        let facts = facts(user: 1000, capabilities: []) {
            $0.threadFiles = .denied
            $0.kernelStack = .denied
            $0.kernelEvents = .denied
            $0.hostEvents = .denied
            $0.tracepoints = .denied
            $0.kernelLog = .denied
            $0.mappedFiles = .denied
            $0.hasKernelAddresses = false
            $0.environment.kernelPointersRestricted = 1
            $0.environment.ptraceScope = 1
            $0.sampled.trouble.hidesProcesses = true
        }
        for subject in [
            "rights", "processes", "threads' files", "kernel stacks", "perf events", "tracepoints",
            "ptrace", "kernel symbols", "mapped files", "kernel log", "namespaces",
        ] {
            let line = try line(subject, facts)
            #expect(line.mark == .part, "\(line)")
            #expect(line.remedy?.contains("run dxtop as root") == true, "\(line)")
        }
        #expect(
            try line("perf events", facts)
                == DoctorReport.Line(
                    subject: "perf events", mark: .part,
                    what: "profiles of own processes, without kernel functions",
                    why: "kernel.perf_event_paranoid is 2", remedy: "run dxtop as root"))
        #expect(try line("ptrace", facts).why == "kernel.yama.ptrace_scope is 1")
        #expect(try line("kernel symbols", facts).why == "kernel.kptr_restrict is 1")
    }

    @Test func addressesOfTheKernelMayBeHiddenByAnotherSetting() throws {
        let line = try line(
            "kernel symbols",
            facts(user: 1000, capabilities: []) {
                $0.hasKernelAddresses = false
                $0.environment.kernelPointersRestricted = 0
            })
        #expect(line.why == "kernel.perf_event_paranoid is 2")
        #expect(line.remedy == "run dxtop as root, or sysctl kernel.perf_event_paranoid=1")
    }

    @Test func rootOfAContainer() throws {
        let facts = facts(capabilities: []) {
            $0.userEvents = .denied
            $0.kernelEvents = .denied
            $0.hostEvents = .denied
            $0.tracing = .denied
            $0.environment.hasSystemCallFilter = true
            $0.groups = [:]
        }
        let events = try line("perf events", facts)
        #expect(events.mark == .no)
        #expect(events.why == "a seccomp filter is on, as in most containers")
        #expect(events.remedy?.contains("a profile that allows perf_event_open") == true)
        // The setting permits it already.
        #expect(events.remedy?.contains("sysctl") == false)
        #expect(try line("ptrace", facts).mark == .no)
        #expect(try line("cgroup cpu", facts).mark == .no)
    }

    @Test func aFilterThatTakesTracepointsIsNamed() throws {
        let facts = facts {
            $0.tracepoints = .denied
            $0.environment.hasSystemCallFilter = true
        }
        let line = try line("tracepoints", facts)
        #expect(line.mark == .part && line.why == "a seccomp filter is on, as in most containers")
        #expect(line.remedy?.contains("a profile that allows perf_event_open") == true)
    }

    @Test(
        "what could not be read is not what the kernel does not have",
        arguments: [Attempt.denied, .failed("Too many open files")])
    func unread(_ attempt: Attempt) throws {
        let facts = facts {
            $0.pressure = attempt
            $0.virtualMemory = attempt
            $0.memoryFile = attempt
            $0.schedule = attempt
            $0.mounts = attempt
            $0.kernelSymbols = attempt
            $0.hasKernelAddresses = false
            $0.spareDescriptors = attempt
            $0.terminal.isKnown = false
            $0.groups = [:]
        }
        for subject in [
            "pressure", "OOM kills", "swap", "wait for CPU", "cgroup cpu", "kernel symbols",
            "terminal",
        ] {
            let line = try line(subject, facts)
            #expect(line.why?.contains(attempt.reason ?? "?") == true, "\(line)")
            for claim in ["this kernel", "before 4.13", "not mounted", "this machine", " is 0"] {
                #expect(line.why?.contains(claim) == false, "\(line)")
            }
            #expect(line.remedy?.contains("psi=1") != true)
        }
    }

    @Test func whatIsLeftOutOfProcIsNotWhatTheKernelLacks() throws {
        let facts = facts {
            var tree = TreeFacts(
                snapshot: Snapshot(
                    sequence: 1, time: WallTime(seconds: 0), interval: nil,
                    host: HostSample(name: "x", kernelRelease: "6", cpuCount: 1), processes: []))
            tree.isSubset = true
            $0.tree = tree
            $0.pressure = .absent
            $0.virtualMemory = .absent
            $0.kernelSymbols = .absent
            $0.hasKernelAddresses = false
            $0.environment.perfEventParanoid = nil
        }
        for subject in ["pressure", "OOM kills", "kernel symbols"] {
            #expect(try line(subject, facts).why == "/proc is mounted with subset=pid")
        }
    }

    @Test func rightsThatDoNotWorkAreNoRights() throws {
        let line = try line("rights", facts { $0.threadFiles = .denied })
        #expect(line.mark == .part && line.remedy?.contains("on the host") == true)
    }

    @Test func tracefsCanBeMounted() throws {
        let line = try line("tracepoints", facts { $0.tracepoints = .absent })
        #expect(line.mark == .part && line.why == "tracefs is not mounted")
        #expect(line.remedy?.contains("--mount-tracefs") == true)
    }

    @Test func whatAnOldKernelLacksHasNoRemedy() throws {
        let facts = facts { $0.kernelStack = .absent }
        #expect(try line("kernel stacks", facts).remedy == nil)
        #expect(try line("OOM kills", facts).mark == .no)
        #expect(try line("pressure", facts).remedy?.contains("psi=1") == true)
        #expect(try line("wait for CPU", facts).mark == .no)
    }

    @Test func toolsThatAreMissingAndThoseThatAreThere() throws {
        let missing = try line("strace", facts())
        #expect(missing.mark == .no && missing.remedy == "apt install strace")
        let there = try line("sleep", facts { $0.environment.searchPath = ["/usr/bin", "/bin"] })
        #expect(there.mark == .ok && there.what.hasSuffix("/sleep"))
    }

    @Test func socketsByTable() throws {
        func socketLine(_ sockets: SocketReading?) throws -> DoctorReport.Line {
            try line("UDP sockets", facts { $0.sampled.sockets = sockets })
        }
        #expect(try socketLine(nil).mark == .no)
        #expect(try socketLine(SocketReading(tables: .all)).mark == .ok)
        let partly = try socketLine(SocketReading(tables: .all, fromFiles: .udp))
        #expect(partly.mark == .part)
        let other = SocketReading(tables: .all, fromFiles: .packet)
        #expect(try socketLine(other).mark == .ok)
        let files = try socketLine(SocketReading(tables: .all, source: .files(reason: "no module")))
        #expect(files.mark == .part && files.why == "no module")
    }

    @Test func terminals() throws {
        func terminal(_ name: String, known: Bool, utf8: Bool = true) throws -> DoctorReport.Line {
            try line(
                "terminal",
                facts {
                    $0.terminal = DoctorFacts.TerminalFacts(
                        name: name, isKnown: known, isUTF8: utf8, colors: 8)
                })
        }
        #expect(try terminal("xterm", known: true).mark == .ok)
        #expect(try terminal("xterm", known: true, utf8: false).remedy == "LC_ALL=C.UTF-8")
        #expect(try terminal("", known: false).what.hasPrefix("no TERM"))
    }

    @Test func whatWasNotUnderstoodIsTold() throws {
        let line = try line(
            "kernel's files",
            facts {
                $0.sampled.trouble = SamplingTrouble(
                    malformed: 2, malformedFiles: ["1/stat: at byte 3", "x: y"])
            })
        #expect(line.mark == .part && line.what == "2 could not be parsed")
        #expect(line.why == "1/stat: at byte 3; x: y")
    }

    @Test func fieldsThatDidNotParseAreCountedAndNamed() throws {
        var log = FaultLog()
        for pid in [100, 101] {
            var faults = FieldFaults()
            _ = try SchedStat(parsing: Array("x 1 -1\n".utf8).span, noting: &faults)
            log.note(faults, in: "/proc/\(pid)/schedstat")
        }
        let line = try line("kernel's files", facts { $0.sampled.trouble = log.trouble })
        #expect(line.mark == .part && line.what == "4 fields of 1 file did not parse")
        let examples = [
            #"/proc/100/schedstat run time "x""#, #"/proc/100/schedstat timeslices "-1""#,
        ]
        #expect(line.why == examples.joined(separator: "; "))
    }
}

/// The tools that dxtop starts, in the order of the menu.
///
/// Every command ends by itself, so that neither a killed dxtop nor a pasted command leaves a
/// tracer behind. Debuggers are left out on purpose: gdb and eu-stack, ended at a bad moment, were
/// seen to leave the whole process stopped.
package enum ToolCatalogue {
    package static let threadTools = [
        straceSummary, straceLive, perf, perfDwarf, perfTrace, perfStat,
    ]
    package static let peerTools = [pathMTU, ping, tracepath]

    package static func tools(for target: ToolTarget) -> [Tool] {
        switch target {
        case .thread: threadTools
        case .peer: peerTools
        }
    }

    package static func tool(withID id: String) -> Tool? {
        (threadTools + peerTools).first { $0.id == id }
    }

    static let straceSummary = Tool(
        id: "strace-summary",
        title: "strace -c: count system calls",
        key: "s",
        steps: [["timeout", "-s", "INT", "10", "strace", "-c", "-p", "{tid}"]],
        effect: straceEffect,
        seconds: 10,
        next: "strace-live",
        access: .tracing,
        counts: .systemCalls,
        packages: ["strace": strace, "timeout": coreutils])

    static let straceLive = Tool(
        id: "strace-live",
        title: "strace: system calls as they happen",
        steps: [
            ["timeout", "-s", "INT", "10", "strace", "-tt", "-T", "-y", "-s", "64", "-p", "{tid}"]
        ],
        effect: straceEffect,
        seconds: 10,
        access: .tracing,
        counts: .systemCalls,
        packages: ["strace": strace, "timeout": coreutils])

    static let perf = Tool(
        id: "perf",
        title: "perf: functions by CPU time",
        steps: [
            record(["-F", "99", "-g"]),
            report(["-g", "none", "-s", "dso,sym"]),
            report(["-g", "graph,2,caller", "-s", "comm"]),
        ],
        effect: .nothing("99 interrupts a second, 3 to 15 us each: at most 0.15 % of its time"),
        seconds: 5,
        next: "perf-dwarf",
        access: .performanceEvents,
        counts: .samples,
        packages: ["perf": perfPackage, "sleep": coreutils])

    static let perfDwarf = Tool(
        id: "perf-dwarf",
        title: "perf: full call chains without frame pointers (DWARF)",
        steps: [
            record(["-F", "49", "--call-graph", "dwarf,8192"]),
            report(["-g", "none", "-s", "dso,sym"]),
            report(["-g", "graph,2,caller", "-s", "comm"]),
        ],
        effect: .nothing("49 interrupts a second, each copies 8 KB of stack"),
        seconds: 5,
        access: .performanceEvents,
        counts: .samples,
        packages: ["perf": perfPackage, "sleep": coreutils])

    static let perfTrace = Tool(
        id: "perf-trace",
        title: "perf trace -s: system calls and their times, without ptrace",
        steps: [["perf", "trace", "-s", "-t", "{tid}", "--", "sleep", "10"]],
        effect: .slows(
            "adds about 30 us to each system call, 0.04 us to those of all other threads"),
        seconds: 10,
        access: .tracepoints,
        counts: .systemCalls,
        packages: ["perf": perfPackage, "sleep": coreutils])

    static let perfStat = Tool(
        id: "perf-stat",
        title: "perf stat: instructions per cycle, switches, faults, migrations",
        steps: [["perf", "stat", "-t", "{tid}", "--", "sleep", "5"]],
        effect: .nothing("counters of the CPU and the kernel, read at the end"),
        seconds: 5,
        access: .performanceEvents,
        counts: .other,
        packages: ["perf": perfPackage, "sleep": coreutils])

    /// cpu-clock needs no counters of the CPU, so it works in a virtual machine too. -N leaves the
    /// binaries alone that perf would copy into ~/.debug.
    private static func record(_ options: [String]) -> [String] {
        ["perf", "record", "-N", "-e", "cpu-clock"] + options
            + ["-o", "{data}", "-t", "{tid}", "--", "sleep", "5"]
    }

    /// Inlined functions are not looked up: with debug information that takes minutes.
    private static func report(_ options: [String]) -> [String] {
        ["perf", "report", "--stdio", "-q", "--no-children", "--no-inline"] + options
            + ["-i", "{data}"]
    }

    private static let straceEffect = Tool.Effect.slows(
        "adds about 0.1 ms to each of its system calls; nothing else is slowed")
    private static let strace = PackageNames("strace")
    private static let coreutils = PackageNames("coreutils")
    private static let perfPackage = PackageNames(
        "perf", except: [.debian: "linux-perf", .ubuntu: "linux-tools-generic"])
}

import ProcFormats
import ProcReading
import Samples
import Units

/// The machine as a whole.
extension DoctorRules {
    var groups: [Line] {
        [
            group(.cpu, tells: "quotas and throttling"),
            group(.memory, tells: "limits and what is left of them"),
            group(.pids, tells: "limits on tasks"),
        ]
    }

    private func group(_ controller: DoctorFacts.Controller, tells: String) -> Line {
        let subject = "cgroup \(controller.rawValue)"
        guard let version = facts.groups[controller] else {
            return Line(
                subject: subject, mark: .no, what: "\(tells) are not shown",
                why: unread(ProcPath.own("mountinfo"), facts.mounts)
                    ?? "this controller is not mounted")
        }
        return Line(subject: subject, mark: .ok, what: "\(tells) (version \(version))")
    }

    var machine: [Line] {
        let host = facts.sampled.host
        let hasPressure = host.cpuPressure != nil && host.memoryPressure != nil
        let counts = host.oomKills != nil
        // Without the folder the kernel has none, unless all such files are left out.
        let isSubset = facts.tree?.isSubset == true
        let noPressure =
            facts.pressure == .absent && !isSubset
            ? nil : unread(ProcPath.host("pressure/cpu"), facts.pressure)
        return [
            Line(
                subject: "pressure", mark: hasPressure ? .ok : .no,
                what: hasPressure
                    ? "how long tasks wait for CPU, memory, disks (PSI)"
                    : "resources are judged without PSI",
                why: hasPressure ? nil : noPressure ?? "this kernel has no PSI, or it is off",
                remedy: hasPressure || noPressure != nil ? nil : "since 4.20: boot with psi=1"),
            line(
                "kernel log", facts.kernelLog, works: "names of OOM-killed processes",
                else: "names of OOM-killed processes are not known", mark: .part,
                remedy: moreRights("SYSLOG")),
            Line(
                subject: "OOM kills", mark: counts ? .ok : .no,
                what: counts ? "counted since boot" : "not counted",
                why: counts
                    ? nil
                    : unread(ProcPath.host("vmstat"), facts.virtualMemory)
                        ?? "this kernel does not count them (before 4.13)"),
            swap(host),
        ]
    }

    /// Whether there is any is no fault.
    private func swap(_ host: HostSample) -> Line {
        guard let total = host.memory?.swapTotal else {
            return Line(
                subject: "swap", mark: .no, what: "not known",
                why: unread(ProcPath.host("meminfo"), facts.memoryFile)
                    ?? "it is not in \(ProcPath.host("meminfo"))")
        }
        return Line(
            subject: "swap", mark: .ok, what: total.rawValue == 0 ? "none" : total.longText
        )
    }

    // MARK: The network

    var network: [Line] {
        let tables: [(String, SocketTables)] = [
            ("TCP", .tcp), ("UDP", .udp), ("raw", .raw), ("UNIX", .unix), ("packet", .packet),
        ]
        let mayEnter = environment.capabilities.isSuperset(of: [.administration, .tracing])
        return tables.map(sockets) + [
            owners,
            Line(
                subject: "namespaces", mark: mayEnter ? .ok : .part,
                what: mayEnter
                    ? "sockets of any network namespace" : "sockets of this network namespace only",
                why: mayEnter ? nil : "entering another one needs CAP_SYS_ADMIN",
                remedy: mayEnter ? nil : moreRights("SYS_ADMIN")),
        ]
    }

    private func sockets(_ name: String, _ table: SocketTables) -> Line {
        let subject = "\(name) sockets"
        guard let listing = facts.sampled.sockets, listing.tables.isSuperset(of: table) else {
            return Line(
                subject: subject, mark: .no, what: "not read",
                why: facts.spareDescriptors.reason ?? "no list of them could be had")
        }
        var reason: String?
        if case .files(let why) = listing.source { reason = why }
        guard reason != nil || !listing.fromFiles.isDisjoint(with: table) else {
            return Line(subject: subject, mark: .ok, what: "complete (sock_diag)")
        }
        return Line(
            subject: subject, mark: .part,
            what: "from /proc/net: no buffer sizes" + (table == .tcp ? ", no TCP details" : ""),
            why: reason ?? "this kernel's sock_diag does not list them")
    }

    private var owners: Line {
        let denied = facts.sampled.sockets?.owners.deniedProcesses ?? 0
        guard denied > 0 else {
            return Line(subject: "socket owners", mark: .ok, what: "of all processes")
        }
        return Line(
            subject: "socket owners", mark: .part, what: "of own processes only",
            why: "no permission to read the fds of \(denied) processes",
            remedy: moreRights("SYS_PTRACE"))
    }

    // MARK: Around it

    /// A kernel before 4.4 could only lock all that is mapped, which is many times what is used.
    var ownMemory: Line {
        line(
            "own memory", facts.lockedMemory,
            works: "locked: dxtop is not paged out when memory is short",
            else: "dxtop may be paged out when memory is short", mark: .part,
            remedy: moreRights("IPC_LOCK"))
    }

    /// A line for each program that the catalogue starts.
    var tools: [Line] {
        var programs: [String: PackageNames] = [:]
        for tool in ToolCatalogue.threadTools + ToolCatalogue.peerTools {
            programs.merge(tool.packages) { first, _ in first }
        }
        return programs.keys.sorted().map { program in
            if let path = environment.path(of: program) {
                return Line(subject: program, mark: .ok, what: path)
            }
            let distributions = environment.distribution.map { [$0] } ?? [.debian, .fedora]
            return Line(
                subject: program, mark: .no, what: "its entries in the tool menu are disabled",
                why: "not installed",
                remedy: distributions.compactMap { programs[program]?.installCommand(on: $0) }
                    .joined(separator: ", or "))
        }
    }

    var terminal: Line {
        let terminal = facts.terminal
        let name = terminal.name.isEmpty ? "no TERM" : terminal.name
        let colors = terminal.colors > 0 ? "\(terminal.colors) colours" : "no colours"
        let what = "\(name), \(colors), \(terminal.isUTF8 ? "UTF-8" : "ASCII only")"
        guard terminal.isKnown else {
            return Line(
                subject: "terminal", mark: .part, what: what,
                why: (facts.spareDescriptors.reason.map {
                    "its description could not be read (\($0))"
                }
                    ?? "this machine has no description of it")
                    + ": only basic capabilities are used",
                remedy: facts.spareDescriptors == .works
                    ? "TERM=xterm-256color, or what fits" : nil)
        }
        return Line(
            subject: "terminal", mark: terminal.isUTF8 ? .ok : .part, what: what,
            why: terminal.isUTF8 ? nil : "the locale is not UTF-8",
            remedy: terminal.isUTF8 ? nil : "LC_ALL=C.UTF-8")
    }

    /// Files of which nothing could be taken, and fields of others.
    private static func unparsed(_ trouble: SamplingTrouble, subject: String) -> Line {
        var what: [String] = []
        if trouble.malformed > 0 { what.append("\(trouble.malformed) could not be parsed") }
        if trouble.malformedFields > 0 {
            let fields = trouble.malformedFields == 1 ? "field" : "fields"
            let files = trouble.filesWithMalformedFields == 1 ? "file" : "files"
            what.append(
                "\(trouble.malformedFields) \(fields) of \(trouble.filesWithMalformedFields) "
                    + "\(files) did not parse")
        }
        let examples = trouble.malformedFiles + trouble.malformedFieldExamples
        return Line(
            subject: subject, mark: .part, what: what.joined(separator: ", "),
            why: examples.joined(separator: "; "),
            remedy: trouble.malformed > 0
                ? "this is a bug in dxtop: please report the line above"
                : "not known for that; please report it if the file is right")
    }

    /// What dxtop itself did not understand.
    static func files(_ trouble: SamplingTrouble) -> Line {
        let subject = "kernel's files"
        if let shortage = trouble.shortage {
            return Line(
                subject: subject, mark: .part, what: "some were not read",
                why: "out of \(shortage == .memory ? "memory" : "file descriptors")",
                remedy: shortage == .descriptors ? "raise ulimit -n, or fs.file-max" : nil)
        }
        if trouble.malformed > 0 || trouble.malformedFields > 0 {
            return unparsed(trouble, subject: subject)
        }
        if trouble.unresponsive > 0 {
            return Line(
                subject: subject, mark: .part,
                what: "command lines of \(trouble.unresponsive) processes are not known",
                why: "reading them hangs in the kernel")
        }
        return Line(subject: subject, mark: .ok, what: "all that were read could be parsed")
    }
}

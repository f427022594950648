import ProcFormats
import ProcReading
import Samples
import Units

/// From what a tree holds to lines: what dxtop shows of it, and what it cannot.
struct TreeRules {
    let facts: TreeFacts

    typealias Line = DoctorReport.Line
    private var snapshot: Snapshot { facts.snapshot }

    var tree: Line {
        let kind = facts.isCaptured ? "captured" : "of another pid namespace"
        let release = snapshot.host.kernelRelease
        guard release != "?" else {
            return Line(
                subject: "tree", mark: .part, what: "\(kind), kernel version unknown",
                why: "it has neither version nor sys/kernel/osrelease")
        }
        return Line(subject: "tree", mark: .ok, what: "\(kind), of Linux \(release)")
    }

    // MARK: Processes

    var processes: Line {
        let subject = "processes"
        let threads = snapshot.processes.reduce(0) { $0 + $1.threads.count }
        var what = "\(snapshot.processes.count) with \(threads) threads"
        let hasFirst = snapshot.processes.contains { $0.id.pid.rawValue == 1 }
        if facts.hidesProcesses, !hasFirst {
            return Line(
                subject: subject, mark: .part, what: what + ", not those of other users",
                why: "\(ProcPath.root) was mounted with hidepid")
        }
        guard hasFirst else {
            return Line(
                subject: subject, mark: .part, what: what,
                why: "PID 1 is missing: captured in part, or with few rights")
        }
        // Tasks come and go while they are read: a few more or less say nothing.
        if let all = snapshot.host.load?.tasks, threads < all * 9 / 10 {
            what += ", of \(all) tasks that the kernel has"
            return Line(
                subject: subject, mark: .part, what: what,
                why: "captured in part, or seen from a pid namespace of its own")
        }
        return Line(subject: subject, mark: .ok, what: what)
    }

    var incomplete: [Line] {
        let count = snapshot.trouble.incomplete
        guard count > 0 else { return [] }
        return [
            Line(
                subject: "incomplete", mark: .part, what: "processes that are not shown: \(count)",
                why: "their folders have no stat, or no task: captured in part")
        ]
    }

    var delay: Line {
        let subject = "wait for CPU"
        guard !facts.keepsSchedule else {
            return Line(subject: subject, mark: .ok, what: "WAIT% (schedstat)")
        }
        return Line(
            subject: subject, mark: .no, what: "WAIT% is blank, and CPU starvation is not found",
            why: "no schedstat, or only zeros in it")
    }

    // MARK: Control groups

    func group(_ controller: DoctorFacts.Controller) -> Line {
        let subject = "cgroup \(controller.rawValue)"
        let limits = "its limits are blank"
        guard let group = facts.groups[controller] else {
            return Line(
                subject: subject, mark: .no, what: limits,
                why: "no process is in such a hierarchy")
        }
        guard group.isBeside else {
            return Line(
                subject: subject, mark: .part, what: limits,
                why: "version \(group.version), but sys/fs/cgroup is not beside the tree",
                remedy: "with DIR/proc, capture or mount DIR/sys/fs/cgroup")
        }
        return Line(subject: subject, mark: .ok, what: "version \(group.version), with its limits")
    }

    // MARK: The network

    var counters: [Line] {
        let counters = snapshot.network?.counters
        let hasDatagrams = counters?[.udpReceived] != nil
        let hasListeners = counters?[.listenOverflows] != nil
        return [
            Line(
                subject: "protocols", mark: hasDatagrams ? .ok : .no,
                what: hasDatagrams
                    ? "counters of IP, UDP and TCP" : "drops of IP and UDP are blank",
                why: hasDatagrams ? nil : "net/snmp is missing, or has no counters"),
            Line(
                subject: "TCP counters", mark: hasListeners ? .ok : .no,
                what: hasListeners ? "ListenOverflows and others" : "ListenOverflows is blank",
                why: hasListeners ? nil : "net/netstat is missing, or has no counters"),
        ]
    }

    // MARK: The rest

    var probes: Line {
        Line(
            subject: "probes", mark: .no, what: "no profiles, no owners of sockets, no tools",
            why: "the tree is not the live one of this machine")
    }
}

extension DoctorReport {
    /// Of a tree that is not the live one.
    package init(tree facts: TreeFacts) {
        let rules = TreeRules(facts: facts)
        lines = [rules.tree, rules.processes] + rules.incomplete
        lines += TreeItem.machine.map(facts.line)
        lines += TreeItem.tasks.map(facts.line) + [rules.delay]
        lines += DoctorFacts.Controller.allCases.map(rules.group)
        lines += TreeItem.network.map(facts.line) + rules.counters
        lines += [rules.probes, DoctorRules.files(facts.snapshot.trouble)]
    }
}

package import ProcSampling
package import Units

/// One sentence a person can act on, with its grounds.
package struct Finding: Hashable, Sendable, Identifiable {
    package var kind: FindingKind
    package var subject: Subject
    /// How bad it is.
    package var severity: Severity
    /// How sure it is: high needs two independent signals.
    package var confidence: Confidence
    /// What is the case: "streamd 2214 memory +2.1 MiB/s for 3h04m, linear".
    package var claim: String
    /// The figures it rests on, one a line.
    package var evidence: [String]
    /// What it, or the machine, was like before: its own baseline, from history. Nil where there is
    /// none.
    package var baseline: String?
    /// What it rules out, or what follows from it; nil where the claim says all.
    package var meaning: String?
    /// What to press or to do next.
    package var advice: String
    /// Processes that it is about, alive or not, where the subject does not say it.
    package var processes: [ProcessID] = []
    /// Since when it has been the case.
    package var since: WallTime

    package init(
        kind: FindingKind, subject: Subject, severity: Severity, confidence: Confidence,
        claim: String, evidence: [String] = [], baseline: String? = nil, meaning: String? = nil,
        advice: String, since: WallTime
    ) {
        self.kind = kind
        self.subject = subject
        self.severity = severity
        self.confidence = confidence
        self.claim = claim
        self.evidence = evidence
        self.baseline = baseline
        self.meaning = meaning
        self.advice = advice
        self.since = since
    }

    package var id: FindingID { FindingID(kind: kind, subject: subject) }

    package enum Severity: String, Hashable, Comparable, Sendable {
        case info, warning, critical

        private var rank: Int {
            switch self {
            case .info: 0
            case .warning: 1
            case .critical: 2
            }
        }

        package static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
    }

    package enum Confidence: String, Hashable, Comparable, Sendable {
        case low, medium, high

        private var rank: Int {
            switch self {
            case .low: 0
            case .medium: 1
            case .high: 2
            }
        }

        package static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

        /// For a narrow column: "LOW", "MED", "HIGH".
        package var text: String {
            switch self {
            case .low: "LOW"
            case .medium: "MED"
            case .high: "HIGH"
            }
        }
    }
}

/// What is found; the raw values are the names in JSON.
package enum FindingKind: String, Hashable, Sendable, CaseIterable {
    case userSpin = "user_spin"
    case systemCallStorm = "syscall_storm"
    case lockConvoy = "lock_convoy"
    case ioStall = "io_stall"
    case cpuStarvation = "cpu_starvation"
    case cgroupThrottle = "cgroup_throttle"
    case fdLeak = "fd_leak"
    case threadLeak = "thread_leak"
    case memoryGrowth = "memory_growth"
    case swapThrash = "swap_thrash"
    case oomKill = "oom_kill"
    case groupMemory = "cgroup_memory"
    case closeWait = "close_wait"
    case listenOverflow = "listen_overflow"
    case udpLoss = "udp_loss"
    case softnetDrop = "softnet_drop"
    case nicDrop = "nic_drop"
    case reassembly
    case pathMTU = "path_mtu"
    case conntrack
    case udpMemory = "udp_memory"
    case tcpRetransmits = "tcp_retransmits"
}

/// Which finding, whatever its figures are by now.
package struct FindingID: Hashable, Sendable {
    private let kind: FindingKind
    private let subject: Subject

    package init(kind: FindingKind, subject: Subject) {
        self.kind = kind
        self.subject = subject.lasting
    }
}

extension Subject {
    /// Without what may become known later, or change while it is the same one.
    fileprivate var lasting: Subject {
        if case .socket(let id, _, _) = self { .socket(id, inode: 0, owner: nil) } else { self }
    }
}

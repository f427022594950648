internal import ProcFormats
internal import Samples
internal import Units

/// Threads of a process that take turns: one of them computes at a time, and the others wait for it. So
/// they do the work of one CPU together, however many there are.
///
/// A pool of threads that uses one CPU by chance has none that is runnable a third of the time, and two or
/// more another third. Threads that wait for work, for a client or for a time are no sign of it.
struct Serialised: Detector {
    static let kind: FindingKind = .serialised
    /// It names the lock, and who waits.
    static let suppressedBy: [FindingKind] = [.lockConvoy, .deadlock]

    static let leastThreads = 3
    static let leastSamples = 25
    /// Of all samples, those in which exactly one of the threads was runnable. Threads of Python wake up
    /// every 5 ms to ask for their turn: 0.62 to 0.71 was measured.
    static let leastAlone = 0.5
    /// Those in which at least one was: as one ends its turn the next one begins.
    static let leastOccupied = 0.95
    /// How many were runnable, on average.
    static let mostRunnable = 2.2
    /// More than one CPU's worth is no turn.
    static let mostCPU = Percent(115.0)
    /// Some threads have at least this part of the turns, and none has more than the other. Where all
    /// wait for one lock, one thread may have all turns: it takes the lock again before the others can.
    static let leastPart = 0.05
    static let mostPart = 0.7
    /// Of the samples in which one was asleep, those in a call that waits for another thread.
    static let leastWaiting = 0.7
    /// Of each of these, the part that is enough to be said again: on a crowded box they waver.
    static let keptPart = 0.8
    /// A lock that a thread waits for in this share of its samples is the one.
    static let leastShareOfLock = Percent(40.0)

    private var said: Set<ProcessIdentity> = []

    mutating func findings(in input: DiagnosisInput) -> [Finding] {
        let found = Dictionary(grouping: input.threads.polled, by: \.poll.process)
            .compactMap { id, threads -> (ProcessSample, Turns)? in
                let part = said.contains(id) ? Self.keptPart : 1
                guard let process = input.snapshot.process(id),
                    Double(process.cpu?.rawValue ?? 0) * part <= Double(Self.mostCPU.rawValue),
                    let turns = Turns(threads, part)
                else { return nil }
                return (process, turns)
            }
        said = Set(found.map(\.0.id))
        return found.map { Self.finding($0, $1, at: input.snapshot.time) }
    }

    /// How the threads of a process took turns.
    private struct Turns {
        /// Who had most of them first.
        var threads: [ThreadFacts]
        var rounds: Int
        var alone: Int
        var waiting: Double
        var lock: UInt64?

        /// - Parameter part: of what is asked for, that is enough.
        init?(_ all: [ThreadFacts], _ part: Double) {
            rounds = all.map(\.poll.turns.samples).max() ?? 0
            alone = all.reduce(0) { $0 + $1.poll.turns.alone }
            let runnable = all.reduce(0) { $0 + $1.poll.turns.runnable }
            let occupied = all.map(\.poll.turns.occupied).max() ?? 0
            guard rounds >= leastSamples, Double(alone) >= part * leastAlone * Double(rounds),
                Double(occupied) >= part * leastOccupied * Double(rounds),
                part * Double(runnable) <= mostRunnable * Double(rounds)
            else { return nil }
            threads = all.filter {
                $0.poll.turns.runnable > 0 || $0.poll.shareWaitingForLocks >= leastShareOfLock
            }
            .sorted { ($1.poll.turns.alone, $0.id.tid) < ($0.poll.turns.alone, $1.id.tid) }
            lock = Self.lock(of: threads)
            let asleep = threads.reduce(0) { $0 + $1.poll.samples - $1.poll.running }
            let waits = threads.reduce(0) { $0 + $1.poll.waitsForThreads }
            waiting = asleep > 0 ? Double(waits) / Double(asleep) : 0
            guard threads.count >= leastThreads, waiting >= part * leastWaiting,
                lock != nil || isEven
            else {
                return nil
            }
        }

        private var isEven: Bool {
            let turns = threads.map { Double($0.poll.turns.alone) / Double(alone) }
            return turns.count { $0 >= leastPart } >= leastThreads && turns[0] <= mostPart
        }

        /// The lock that most of them wait for most of the time.
        private static func lock(of threads: [ThreadFacts]) -> UInt64? {
            let addresses = Set(threads.flatMap { $0.poll.futexes.keys.filter(\.isLock) })
                .map(\.address)
            func waiters(_ address: UInt64) -> Int {
                threads.count { $0.poll.share(waitingForLockAt: address) >= leastShareOfLock }
            }
            return addresses.max { (waiters($0), $1) < (waiters($1), $0) }
                .flatMap { waiters($0) >= leastThreads ? $0 : nil }
        }
    }

    private static func finding(
        _ process: ProcessSample, _ turns: Turns, at time: WallTime
    ) -> Finding {
        let runtime = Runtime.allCases.first { $0.runs(process) }
        let cause =
            turns.lock.map { "the lock at 0x" + String($0, radix: 16) }
            ?? runtime?.lock ?? "a lock, or a global lock of its runtime"
        let subject = Subject.process(process.id)
        let count = turns.threads.count
        var evidence = [
            "exactly one of them was runnable in \(turns.alone) of \(turns.rounds) samples",
            turns.threads.prefix(mostNamed).map {
                "\($0.label) \(Percent($0.poll.turns.alone, of: turns.rounds).text) %"
            }.joined(separator: ", ") + " of the time"
                + (count > mostNamed ? ", and \(count - mostNamed) more" : ""),
            "asleep they waited for another thread in"
                + " \(Percent(100 * turns.waiting).text) % of the samples (futex)",
        ]
        if let cpu = process.cpu { evidence.insert("\(cpu.text) % CPU together", at: 0) }
        return Finding(
            kind: .serialised, subject: subject, severity: .warning,
            confidence: turns.lock == nil && runtime?.isCertain != true ? .medium : .high,
            claim: "\(process.name) \(process.id.pid): serialised: \(count) threads share one CPU's"
                + " worth, by \(cause)",
            evidence: evidence,
            meaning: "they wait for one another: more threads or CPUs would not make it faster",
            next: [
                runtime?.step(subject)
                    ?? .probe(.profile, of: subject, "what they do while they hold the lock"),
                .probe(.stacks, of: subject, "where all of them are"),
            ],
            since: time.earlier(by: ThreadEvidence.span))
    }

    private static let mostNamed = 4

    /// What runs a program, and may let one thread run at a time.
    private enum Runtime: CaseIterable {
        case python, ruby, java

        private var names: [String] {
            switch self {
            case .python: ["python", "pypy", "uwsgi", "gunicorn", "celery"]
            case .ruby: ["ruby", "puma", "sidekiq"]
            case .java: ["java"]
            }
        }

        func runs(_ process: ProcessSample) -> Bool {
            let program = process.command?.split(separator: " ").first?.split(separator: "/").last
            return names.contains { process.name.hasPrefix($0) || program?.hasPrefix($0) == true }
        }

        var lock: String {
            switch self {
            case .python: "the GIL, Python's global lock"
            case .ruby: "the GVL, Ruby's global lock"
            case .java: "a monitor or lock of Java"
            }
        }

        /// It has one lock for all threads.
        var isCertain: Bool { self != .java }

        func step(_ subject: Subject) -> NextStep? {
            let pid = subject.process.map { "\($0.pid)" } ?? ""
            return switch self {
            case .python: .command("py-spy dump --pid \(pid)", of: subject, "what they compute")
            case .java: .command("jstack -l \(pid)", of: subject, "which lock, and who holds it")
            case .ruby: nil
            }
        }
    }
}

extension ThreadPoll {
    /// Samples in which it was asleep in a call by which threads wait for each other.
    fileprivate var waitsForThreads: Int {
        systemCalls.reduce(0) { Self.calls.contains($1.key) ? $0 + $1.value : $0 }
    }

    private static let calls = Set(
        (0..<512).filter {
            ["futex", "futex_wait", "flock", "semop", "semtimedop", "sched_yield"].contains(
                SystemCallTable.name(of: $0) ?? "")
        })
}

extension FindingKind {
    package static let serialised = FindingKind("serialised", of: .threads)
}

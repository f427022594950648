package import Samples
package import Units

/// What is known of one thread when a verdict is to be given.
package struct ThreadFacts: Sendable {
    package var id: ThreadIdentity
    package var poll: ThreadPoll
    /// Over the last `ThreadEvidence.span`; nil while not so much is known, or where it used no CPU.
    package var recent: ThreadAverages?
    /// What it has done without a break until now.
    package var spell: Spell?
    /// The latest count of its system calls, if it was made in this spell.
    package var counted: CountedSystemCalls?
    /// How long ago that was.
    package var sinceCounted: Duration = .zero

    package init(
        id: ThreadIdentity, poll: ThreadPoll, recent: ThreadAverages? = nil, spell: Spell? = nil,
        counted: CountedSystemCalls? = nil
    ) {
        self.id = id
        self.poll = poll
        self.recent = recent
        self.spell = spell
        self.counted = counted
    }

    /// A time in which a thread did not change its ways.
    package struct Spell: Hashable, Sendable {
        package var since: WallTime
        package var duration: Duration
        /// How it was before.
        package var before: Before?

        package init(since: WallTime, duration: Duration, before: Before? = nil) {
            self.since = since
            self.duration = duration
            self.before = before
        }
    }

    /// A thread's own baseline.
    package struct Before: Hashable, Sendable {
        /// How much of the time before is known.
        package var span: Duration
        package var cpu: Percent
        /// Times a second that it went to sleep; nil where nobody sampled.
        package var voluntarySwitches: Rate?

        package init(span: Duration, cpu: Percent, voluntarySwitches: Rate? = nil) {
            self.span = span
            self.cpu = cpu
            self.voluntarySwitches = voluntarySwitches
        }

        /// "for 4m12s: 8.0 % CPU, went to sleep 41/s"; what shows it says that it was before.
        var text: String {
            let sleeps = voluntarySwitches.map { ", went to sleep \($0.text)/s" } ?? ""
            return "for \(span.text): \(cpu.text) % CPU\(sleeps)"
        }
    }

    /// "poll 4127 of streamd 2214"; a process's first thread goes by its name: "streamd 2214".
    var title: String {
        let owner = "\(poll.processName) \(poll.process.pid.rawValue)"
        return id.tid.rawValue == poll.process.pid.rawValue ? owner : "\(label) of \(owner)"
    }

    /// "poll 4127".
    var label: String { "\(poll.name) \(id.tid.rawValue)" }

    var subject: Subject { .thread(id, of: poll.process) }

    /// What the count of its system calls says, and when that was.
    var countEvidence: [String] { counted.map { [$0.evidence + countAge] } ?? [] }

    /// ", 3 min ago"; empty where it was just now.
    var countAge: String {
        let minutes = Int(sinceCounted / .seconds(60))
        return minutes > 0 ? ", \(minutes) min ago" : ""
    }
}

extension [ThreadFacts] {
    /// Since when the first of them has gone on as it does.
    var since: WallTime { compactMap(\.spell?.since).min() ?? WallTime(seconds: 0) }

    /// Those of one process: "streamd 2214: 12 threads".
    var title: String {
        guard let poll = first?.poll else { return "" }
        return "\(poll.processName) \(poll.process.pid.rawValue): \(count) threads"
    }

    /// More threads of a process than these are told of together.
    private static var mostAlone: Int { 3 }

    /// What is to be said of these threads: of each, or of a process that has many of them.
    func findings(
        one: (ThreadFacts) -> Finding, many: (ProcessIdentity, [ThreadFacts]) -> Finding
    ) -> [Finding] {
        Dictionary(grouping: self, by: \.poll.process).flatMap { process, threads in
            threads.count <= Self.mostAlone ? threads.map(one) : [many(process, threads)]
        }
    }

    /// Those that use most CPU, for a sentence: "poll 4127, poll 4128, poll 4129 and 5 more".
    var labels: String {
        let named = sorted { a, b in
            let (first, second) = (a.recent?.cpu ?? .zero, b.recent?.cpu ?? .zero)
            return first == second ? a.id.tid < b.id.tid : first > second
        }.prefix(Self.mostAlone).map(\.label)
        let more = count > named.count ? " and \(count - named.count) more" : ""
        return named.joined(separator: ", ") + more
    }
}

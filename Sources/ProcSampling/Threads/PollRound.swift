internal import ProcFormats
internal import Units

/// One poll of each of some threads of a process.
struct PollRound {
    private(set) var polls: [(thread: PolledThread, poll: Poll)] = []

    /// Who is runnable together is told by states that were read within this time. A poll that is itself
    /// kept waiting for a CPU meanwhile would see one after the other as runnable.
    private static let longest = Nanoseconds(300_000)

    /// The states of all first, in one go: what takes longer, afterwards.
    init(_ watches: [PollWatch]) {
        let began = Nanoseconds.sinceBoot
        let stats = watches.map { $0.readStat() }
        let moment = Nanoseconds.sinceBoot
        let isAtOnce = moment.since(began) <= Self.longest
        let runnable = stats.count { $0?.state == .running }
        for (watch, stat) in zip(watches, stats) {
            guard let stat else { continue }
            var poll = watch.poll(stat, at: moment)
            if isAtOnce { poll.runnable = (stat.state == .running, runnable) }
            polls.append((watch.thread, poll))
        }
    }
}

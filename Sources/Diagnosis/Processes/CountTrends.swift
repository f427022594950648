internal import Samples
internal import Units

/// How a count of processes went over the last hour: open files, or threads.
///
/// Bounded: at most 1,024 processes that have enough of them to matter, a few points each while
/// they do not rise, 61 of 16 bytes if they do: 1 MB where all rise for an hour.
struct CountTrends: Sendable {
    /// A process with fewer is not followed.
    static let leastCount = 16
    private static let mostProcesses = 1024

    private var trends: [ProcessIdentity: CountTrend] = [:]
    private var lastStep: Nanoseconds?

    /// Takes one sample every 5 s.
    mutating func add(_ snapshot: Snapshot, _ count: (ProcessSample) -> Int?) {
        if let lastStep, snapshot.moment.since(lastStep) < CountTrend.firstStep { return }
        lastStep = snapshot.moment
        var now: [ProcessIdentity: CountTrend] = [:]
        for process in snapshot.processes {
            guard let count = count(process), count >= Self.leastCount,
                now.count < Self.mostProcesses
            else { continue }
            var trend = trends.removeValue(forKey: process.id)
            trend?.add(count, at: snapshot.moment)
            now[process.id] = trend ?? CountTrend(count, at: snapshot.moment)
        }
        trends = now
    }

    /// Nil for a process whose count does not rise.
    func rise(of process: ProcessIdentity) -> CountTrend.Rise? { trends[process]?.rise }

    /// Nil for one whose count did not just go up several times in a row.
    func climb(of process: ProcessIdentity) -> CountTrend.Climb? { trends[process]?.climb }
}

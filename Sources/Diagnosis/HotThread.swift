package import Samples
package import Units

/// A thread that keeps a CPU to itself, or would if the others let it.
package struct HotThread: Hashable, Sendable {
    package let thread: ThreadIdentity
    package let process: ProcessIdentity
    package let name: String
    package let processName: String
    package let cpu: Percent
    /// It gets less of a CPU than the threshold because others have it; see `isHot`.
    package let isStarved: Bool

    /// Every hot thread of a snapshot, hottest first.
    ///
    /// - Parameter threshold: CPU % of one CPU from which a thread is hot.
    package static func all(in snapshot: Snapshot, threshold: Percent) -> [HotThread] {
        var found: [HotThread] = []
        for process in snapshot.processes {
            for index in process.hotThreads(threshold) {
                let thread = process.threads[index]
                guard let cpu = thread.cpu else { continue }
                found.append(
                    HotThread(
                        thread: thread.id, process: process.id, name: thread.name,
                        processName: process.name, cpu: cpu, isStarved: cpu < threshold))
            }
        }
        return found.sorted { ($1.cpu, $0.thread.tid) < ($0.cpu, $1.thread.tid) }
    }
}

extension ThreadSample {
    /// Whether it is hot: it uses at least `threshold` of a CPU, or it wants so much and the box is
    /// too busy to give it.
    ///
    /// On a contended box, or under a cgroup's quota, a thread that spins gets a part of a CPU and
    /// waits for it the rest of the time: CPU % and WAIT % (`schedstat`, field 2) together make
    /// the whole. A thread that works in bursts may wait as long, but it gives up the CPU after
    /// each; one that spins never does (`voluntary_ctxt_switches` of `status`). Nil while it is not
    /// known: the CPU % at first, then, of a thread that could be such, the switches.
    package func isHot(_ threshold: Percent) -> Bool? {
        guard let cpu else { return nil }
        if cpu >= threshold { return true }
        guard wantsCPU(threshold) else { return false }
        return voluntarySwitches.map { $0 < Self.mostVoluntarySwitches }
    }

    /// A second: one that spins gives up the CPU never, or nearly.
    private static let mostVoluntarySwitches = Rate(1.0)
}

extension ProcessSample {
    /// Whether one of its threads is hot.
    package func hasHotThread(_ threshold: Percent) -> Bool {
        if let hottestCPU, hottestCPU >= threshold { return true }
        return !hotThreads(threshold).isEmpty
    }

    /// Where its hot threads stand. Most processes have none that uses enough; others have thousands,
    /// which are not to be copied.
    package func hotThreads(_ threshold: Percent) -> [Int] {
        let least = min(threshold, ThreadSample.leastCPUOfStarved)
        guard let hottestCPU, hottestCPU >= least else { return [] }
        return threads.indices.filter {
            threads[$0].cpu ?? .zero >= least && threads[$0].isHot(threshold) == true
        }
    }
}

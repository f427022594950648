package import ProcSampling
package import Units

/// A thread that keeps a CPU to itself.
package struct HotThread: Hashable, Sendable {
    package let thread: ThreadIdentity
    package let process: ProcessIdentity
    package let name: String
    package let processName: String
    package let cpu: Percent
    /// How long it has been hot without a break, as far as the recording reaches.
    package let duration: Duration

    /// Every hot thread of a snapshot, hottest first.
    ///
    /// - Parameters:
    ///   - threshold: CPU % of one CPU from which a thread is hot.
    ///   - history: tells for how long it has been so.
    package static func all(
        in snapshot: Snapshot, threshold: Percent, history: History
    ) -> [HotThread] {
        var found: [HotThread] = []
        for process in snapshot.processes {
            // The hottest thread is known per process: no need to look at each thread of the rest.
            guard let hottest = process.hottestCPU, hottest >= threshold else { continue }
            for thread in process.threads {
                guard let cpu = thread.cpu, cpu >= threshold else { continue }
                found.append(
                    HotThread(
                        thread: thread.id, process: process.id, name: thread.name,
                        processName: process.name, cpu: cpu,
                        duration: history.duration(of: thread.id, above: threshold)))
            }
        }
        return found.sorted { ($1.cpu, $0.thread.tid) < ($0.cpu, $1.thread.tid) }
    }
}

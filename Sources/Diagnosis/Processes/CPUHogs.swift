internal import ProcFormats
internal import Samples
internal import Units

/// Who holds the CPUs: processes whose hottest thread computes and never rests.
struct CPUHogs: Sendable {
    /// Who uses most first.
    let processes: [ProcessSample]
    private let polls: [ThreadIdentity: ThreadPoll]

    init(_ snapshot: Snapshot) {
        polls = snapshot.polls
        processes = snapshot.processes.filter(Self.isHog)
            .sorted { ($1.cpu ?? .zero, $0.id.pid) < ($0.cpu ?? .zero, $1.id.pid) }
    }

    private static func isHog(_ process: ProcessSample) -> Bool {
        guard let cpu = process.hottestCPU, cpu >= ThreadSample.leastCPUOfStarved,
            let hottest = process.threads.first(where: { $0.id == process.hottestThread }),
            let switches = hottest.voluntarySwitches
        else { return false }
        let system = Double(hottest.system?.rawValue ?? 0)
        return switches < CPUStarvation.mostSwitches
            && hottest.wantsCPU(Percent(CPUStarvation.leastDemand))
            && 100 * system < CPUStarvation.leastSystemOfServers * Double(cpu.rawValue)
    }

    /// Whether others hold the CPUs than a process, and its like: those with its parent and its command
    /// share one piece of work.
    func areOthers(than process: ProcessSample) -> Bool {
        processes.contains { hog in
            hog.id != process.id
                && (hog.parent != process.parent || process.parent.rawValue <= 1
                    || hog.name != process.name || hog.command != process.command)
        }
    }

    /// "stress 812 (198 %), chrt 14 (95 %, SCHED_FIFO 20)"; nil where there is none but this one.
    func text(without process: ProcessIdentity) -> String? {
        let others = processes.filter { $0.id != process }.prefix(3).map { hog in
            let policy = hog.hottestThread.flatMap { polls[$0]?.schedule?.realTimeText }
            return "\(hog.name) \(hog.id.pid) (\((hog.cpu ?? .zero).text) %"
                + (policy.map { ", \($0)" } ?? "") + ")"
        }
        return others.isEmpty ? nil : others.joined(separator: ", ")
    }
}

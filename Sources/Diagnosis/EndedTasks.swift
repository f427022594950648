package import Samples
package import Units

/// CPU time that processes used which ended between two refreshes: no row has it, and its machine is
/// busy all the same.
package struct EndedTasks: Hashable, Sendable {
    /// Of the whole machine.
    package let busy: Percent
    /// Of one CPU: what all that are listed used together, and how much there is.
    package let listed: Percent
    package let capacity: Percent
    /// New tasks a second, threads included.
    package let forks: Rate
    /// Processes that waited for children account for most of what is missing.
    package let areProcesses: Bool
    /// Those whose children used most of it, most first; empty where none waits for its own.
    package let starters: [Starter]

    package struct Starter: Hashable, Sendable {
        package let id: ProcessIdentity
        package let name: String
    }

    /// Of one CPU: less may be that figures are read one after another, or interrupts.
    static let leastCPU = 25.0
    /// Of the machine's use.
    static let leastShare = 0.25
    static let leastForks = Rate(20.0)
    /// Fewer are not enough where no parent accounts for what they used: interrupts belong to no
    /// process, either.
    static let manyForks = Rate(500.0)
    private static let mostStarters = 2

    /// Nil where those that are listed account for what the machine uses, or where that is not known.
    package init?(_ snapshot: Snapshot) {
        let host = snapshot.host
        guard snapshot.interval != nil, let shares = host.cpu, let count = host.cpuCount,
            let forks = host.forks, forks >= Self.leastForks, isWhole(snapshot)
        else { return nil }
        let used = Double(shares.user.rawValue + shares.system.rawValue) * Double(count)
        let listed = snapshot.listedCPU
        let missing = used - listed
        guard missing >= max(Self.leastCPU, Self.leastShare * used) else { return nil }
        let parents = snapshot.processes
            .map { (process: $0, cpu: Double($0.childrenCPU?.rawValue ?? 0)) }
            .filter { $0.cpu > 0 }.sorted { $0.cpu > $1.cpu }
        let known = parents.reduce(0) { $0 + $1.cpu }
        areProcesses = known >= missing / 2
        guard areProcesses || forks >= Self.manyForks else { return nil }
        busy = shares.busy
        self.listed = Percent(listed)
        capacity = Percent(100 * Double(count))
        self.forks = forks
        starters = parents.prefix(Self.mostStarters).filter { $0.cpu >= missing / 5 }
            .map { Starter(id: $0.process.id, name: $0.process.name) }
    }
}

extension Snapshot {
    /// What all processes that are listed used together, in percent of one CPU.
    var listedCPU: Double { processes.reduce(0) { $0 + Double($1.cpu?.rawValue ?? 0) } }
}

/// Whether all processes are there, as far as they are known.
private func isWhole(_ snapshot: Snapshot) -> Bool {
    switch snapshot.extent {
    case .complete: true
    case .processesOnly: false
    case .recorded(let all): all.processes == snapshot.processes.count
    }
}

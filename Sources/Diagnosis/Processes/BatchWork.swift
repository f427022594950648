internal import Samples
internal import Units

/// A process that is there to compute: it has done nothing else since it began, all of its threads that
/// do anything do it, and it has no sockets by which anybody could wait for it.
enum BatchWork {
    /// Of the CPU time that it gets now, the least that it had on average since it began.
    static let leastLifetime = 0.8
    /// The same where it waits for a CPU this part of the time that it runs: it may have got less before.
    static let leastLifetimeOfDelayed = 0.4
    static let leastDelay = 0.2
    /// Of the CPU that the busiest of its threads wants, the least that one wants that computes beside it.
    static let leastPart = 0.5
    /// The first thread may wait for those that compute.
    static let mostIdle = 1

    /// Who has more files open is a service.
    static let mostFiles = 1_024

    static func meaning(_ process: ProcessSample) -> String {
        let sockets = process.talksOverSockets == false ? " and talks to nobody over sockets" : ""
        return
            "it has computed since it started\(sockets): a program that is there to compute looks like that"
    }

    static func isBatch(_ process: ProcessSample, in snapshot: Snapshot) -> Bool {
        guard let cpu = process.cpu, cpu > .zero else { return false }
        return isAsEver(process, cpu, in: snapshot) && areAllBusy(process)
            && !hasSockets(process, in: snapshot)
    }

    private static func isAsEver(
        _ process: ProcessSample, _ cpu: Percent, in snapshot: Snapshot
    ) -> Bool {
        let start = Machine.current.units.nanoseconds(process.id.startTime)
        let age = snapshot.moment.since(start).seconds
        guard age > 0 else { return false }
        let average = process.totalTime.seconds / age
        let isDelayed =
            Double(process.runDelay?.rawValue ?? 0) >= leastDelay * Double(cpu.rawValue)
        let least = isDelayed ? leastLifetimeOfDelayed : leastLifetime
        return average >= least * Double(cpu.rawValue) / 100
    }

    private static func areAllBusy(_ process: ProcessSample) -> Bool {
        // On a crowded box they do not get the same of the CPUs, but want it.
        let wanted = process.threads.map {
            Double($0.cpu?.rawValue ?? 0) + Double($0.runDelay?.rawValue ?? 0)
        }
        let least = leastPart * (wanted.max() ?? 0)
        return wanted.count { $0 < least } <= mostIdle
    }

    /// Where that may not be known, only who has a terminal or yields to others is taken for one without.
    private static func hasSockets(_ process: ProcessSample, in snapshot: Snapshot) -> Bool {
        let isForAPerson = process.hasTerminal || process.nice ?? 0 > 0
        return process.talksOverSockets ?? !isForAPerson || process.openFiles ?? 0 > mostFiles
            || snapshot.network?.sockets.sockets.contains { $0.owner?.process == process.id }
                ?? false
    }
}

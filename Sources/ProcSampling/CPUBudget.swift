package import Units

/// What dxtop may use of the CPUs, kept like an account: time pays in, work takes out.
///
/// Over any time T it takes `allowance` x T at most, plus what was saved up before, plus the work of
/// the refresh that went over, and of the start. Nothing is estimated: what was used is read from the process's CPU
/// clock, and when the account is overdrawn the next refresh waits until it is not.
package struct CPUBudget {
    /// CPU time per time, of all CPUs together: 0.02 is 1 % of two CPUs.
    package let allowance: Double
    /// In nanoseconds of CPU time; negative while overdrawn.
    private(set) var balance: Double
    /// What the start took beyond what was there to pay it.
    private(set) var loan: Double = 0

    /// Work comes in bursts: threads are read in full at first, a person opens a view. So much time
    /// may be saved up for that, and a person who keeps pressing keys holds up the next refresh for no
    /// longer than that.
    static let mostSaved = Nanoseconds(10_000_000_000)

    private static let repaidShare = 0.25

    /// Begins with all that can be saved up.
    ///
    /// - Parameter share: of the whole machine; 100 % does not limit anything.
    package init(share: Percent, cpuCount: Int) {
        allowance = Double(share.rawValue) / 100 * Double(max(1, cpuCount))
        balance = allowance * Double(Self.mostSaved.rawValue)
    }

    /// Takes in what was used since the time before.
    ///
    /// - Parameters:
    ///   - used: CPU time of the process.
    ///   - sampling: The part of it that sampling took, which always has to be paid.
    ///   - elapsed: In that time.
    mutating func settle(used: Nanoseconds, sampling: Nanoseconds, elapsed: Nanoseconds) {
        let saved = allowance * Double(Self.mostSaved.rawValue)
        let income = allowance * Double(elapsed.rawValue)
        let repaid = min(loan, income * Self.repaidShare)
        loan -= repaid
        let paid = min(saved, balance + income - repaid)
        balance = max(paid - Double(used.rawValue), -max(saved, Double(sampling.rawValue)))
    }

    /// Takes in what was used while everything was read for the first time. What there is not
    /// enough for is paid back by a part of what comes in: on a slow box, or one with thousands of
    /// processes, it would else hold up all that follows, and any verdict, for many seconds.
    mutating func settleStart(used: Nanoseconds) {
        balance -= Double(used.rawValue)
        loan += max(0, -balance)
        balance = max(0, balance)
    }

    /// How long to do nothing from now on, until the account is even again.
    package var pause: Nanoseconds {
        guard balance < 0, allowance > 0 else { return Nanoseconds(0) }
        return Nanoseconds(UInt64((-balance / allowance).rounded(.up)))
    }
}

/// Reads what this program used, for its budget. Belongs to the thread that samples.
package struct CPUMeter {
    // The clocks up to which it was settled.
    private var used = CPUTime.ofProcess
    private var sampling = CPUTime.ofThread
    private var at = Instant.now
    private var startEnds: Instant

    /// So long command lines, groups and owners of sockets are read, each for the first time.
    private static let start = Nanoseconds(3_000_000_000)

    package init() { startEnds = Instant.now.advanced(by: Self.start) }

    /// The first time, and for some seconds, what was used belongs to the start.
    ///
    /// - Parameter isExcused: what was used since the time before does not count.
    package mutating func settle(_ budget: inout CPUBudget, isExcused: Bool = false) {
        let last = self
        (used, sampling, at) = (CPUTime.ofProcess, CPUTime.ofThread, Instant.now)
        let use = isExcused ? Nanoseconds(0) : used.since(last.used)
        if last.at < startEnds {
            budget.settleStart(used: use)
        } else {
            budget.settle(
                used: use, sampling: sampling.since(last.sampling), elapsed: at.since(last.at))
        }
    }
}

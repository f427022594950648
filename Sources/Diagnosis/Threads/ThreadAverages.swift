package import History
import Samples
package import Units

/// How a thread spent the last seconds, on average over some refreshes.
package struct ThreadAverages: Hashable, Sendable {
    /// What the refreshes cover.
    package var span: Duration
    package var cpu: Percent
    package var user: Percent
    package var system: Percent
    /// Nil where this kernel does not tell.
    package var runDelay: Percent?
    /// Minor and major ones together.
    package var faults: Rate

    /// - Returns: nil if one of the refreshes has no row of the thread, or not all that is needed.
    package init?(_ moments: [History.ThreadMoment]) {
        var seconds = 0.0
        var sums = (cpu: 0.0, user: 0.0, system: 0.0, delay: 0.0, faults: 0.0)
        var knowsDelay = true
        for moment in moments {
            guard let thread = moment.thread, let cpu = thread.cpu, let user = thread.user,
                let system = thread.system, let minor = thread.minorFaults,
                let major = thread.majorFaults
            else { return nil }
            let part = moment.interval / .seconds(1)
            seconds += part
            sums.cpu += Double(cpu.rawValue) * part
            sums.user += Double(user.rawValue) * part
            sums.system += Double(system.rawValue) * part
            sums.faults += Double(minor.rawValue + major.rawValue) * part
            sums.delay += Double(thread.runDelay?.rawValue ?? 0) * part
            knowsDelay = knowsDelay && thread.runDelay != nil
        }
        guard seconds > 0 else { return nil }
        span = .seconds(seconds)
        cpu = Percent(sums.cpu / seconds)
        user = Percent(sums.user / seconds)
        system = Percent(sums.system / seconds)
        runDelay = knowsDelay ? Percent(sums.delay / seconds) : nil
        faults = Rate(sums.faults / seconds)
    }

    /// CPU time used and time waited for a CPU: what it would use if the others let it. Under a
    /// cgroup's quota and on a crowded box a thread that spins gets a part and waits the rest.
    var demand: Percent {
        guard cpu >= ThreadSample.leastCPUOfStarved else { return cpu }
        return Percent(cpu.rawValue + (runDelay?.rawValue ?? 0))
    }

    /// "100 % CPU"; where it waits for a CPU, "wants 100 % CPU, gets 25.5 %".
    var text: String {
        guard let runDelay, runDelay.rawValue >= 10 else { return "\(cpu.text) % CPU" }
        let wanted = Percent(min(100, cpu.rawValue + runDelay.rawValue))
        return "wants \(wanted.text) % CPU, gets \(cpu.text) %"
    }

    /// "100 % CPU over 10s".
    var textWithSpan: String { "\(text) over \(span.text)" }
}

extension ThreadSample {
    /// Whether it uses `share` of a CPU, or would if it got it; see `ThreadAverages.demand`.
    func demands(_ share: Percent) -> Bool {
        guard let cpu else { return false }
        return cpu >= share || wantsCPU(share)
    }
}

import ProcFormats
import ProcReading
import Samples
import SystemPackage
import Units

extension WaitRequest: ProbeRequest {
    package var kind: ProbeKind { .waits }
    package var subject: ProbeTarget { .thread(target) }
    package var time: Duration? { .seconds(seconds) }
    package var command: String { "dxtop waits \(subject.option) --seconds \(seconds)" }

    package func run(
        until stop: StopSign, report: (WaitReading) -> Void
    ) throws(ProbeRefusal) -> WaitReading {
        try WaitProbe(self).run(until: stop, report: report)
    }
}

extension ProbeKind {
    package static let waits = ProbeKind(
        id: "waits", title: "off-CPU", label: "OFF-CPU",
        uses: [
            Use(
                .thread, "off-CPU: where it sleeps, and for what",
                effect: "5 s, no measurable overhead: 50 samples a second from /proc")
        ],
        pages: [.waits]
    ) { if case .thread(let target) = $0 { WaitRequest(target: target) } else { nil } }
}

/// Samples where a thread is. It costs the thread nothing: only files of /proc are read, which
/// neither stop it nor wait for it.
struct WaitProbe {
    let request: WaitRequest

    init(_ request: WaitRequest) { self.request = request }

    static let period = Duration.milliseconds(20)
    private static let reportPeriod = Duration.milliseconds(500)

    func run(
        until stop: StopSign, report: (WaitReading) -> Void
    ) throws(ProbeRefusal) -> WaitReading {
        let target = request.target
        let files = TaskHandle(target.thread, of: target.process.pid)
        try check(files)
        let sites = WaitSites(of: files)
        let start = ContinuousClock.now
        let end = start + .seconds(request.seconds)
        let times = files.times
        var tally = WaitTally(start: start)
        var reportDue = start + Self.reportPeriod
        var isOver = false
        while !isOver {
            let now = ContinuousClock.now
            guard let site = sites.sample(at: now), files.isAlive else {
                tally.hasEnded = true
                break
            }
            tally.note(site, at: now)
            if now >= reportDue {
                reportDue = now + Self.reportPeriod
                report(reading(tally, files, since: times, sites))
            }
            let next = min(start + Self.period * tally.samples, end)
            isOver = stop.wait(atMost: next - .now) || ContinuousClock.now >= end
        }
        return reading(tally, files, since: times, sites)
    }

    private func check(_ files: TaskHandle) throws(ProbeRefusal) {
        guard files.isAlive else { throw ProbeRefusal("\(request.target.label) has ended") }
    }

    private func reading(
        _ tally: WaitTally, _ files: TaskHandle, since before: SchedStat?, _ sites: WaitSites
    ) -> WaitReading {
        var reading = WaitReading(
            request: request, elapsed: .now - tally.start, samples: tally.samples,
            sites: tally.sites)
        if let before, let now = files.times {
            func spent(_ part: KeyPath<SchedStat, Nanoseconds?>) -> Duration? {
                guard let then = before[keyPath: part], let time = now[keyPath: part] else {
                    return nil
                }
                return Rates.change(from: then, to: time).map { Duration($0) }
            }
            reading.cpuTime = spent(\.runTime)
            reading.runDelay = spent(\.runDelay)
        }
        reading.notes = notes(sites)
        reading.conclusion = WaitConclusion(reading, hasEnded: tally.hasEnded).text
        return reading
    }

    private func notes(_ sites: WaitSites) -> [String] {
        let rate = Int(.seconds(1) / Self.period)
        var notes = ["\(rate) samples a second, without stopping it"]
        if !sites.mayReadCalls {
            notes.append("its system calls may not be read: \(denial)")
        }
        if !sites.mayReadKernelStacks {
            notes.append("kernel stacks are for root")
        }
        return notes
    }

    private var denial: String {
        do throws(ProbeRefusal) {
            try ThreadStop.check(request.target)
        } catch {
            return [error.reason, error.remedy].compactMap(\.self).joined(separator: "; ")
        }
        return "no right to trace it"
    }
}

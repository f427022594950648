import ProcFormats
import ProcReading
import Samples
import SystemPackage
import Units

/// Looks again and again where a thread is. It costs the thread nothing: only files of /proc are
/// read, which neither stop it nor wait for it.
struct WaitProbe: Probe {
    let request: WaitRequest

    init(_ request: WaitRequest) { self.request = request }

    static let period = Duration.milliseconds(20)
    private static let reportPeriod = Duration.milliseconds(500)

    func run(
        until stop: StopSign, report: (ProbeReading) -> Void
    ) throws(ProbeRefusal) -> ProbeReading {
        let target = request.target
        let files = TaskHandle(target.thread, of: target.process.pid)
        try check(files)
        let places = WaitPlaces(of: files)
        let start = ContinuousClock.now
        let end = start + .seconds(request.seconds)
        let times = files.times
        var tally = WaitTally(start: start)
        var reportDue = start + Self.reportPeriod
        var isOver = false
        while !isOver {
            let now = ContinuousClock.now
            guard let place = places.look(at: now), files.isAlive else {
                tally.hasEnded = true
                break
            }
            tally.note(place, at: now)
            if now >= reportDue {
                reportDue = now + Self.reportPeriod
                report(.waits(reading(tally, files, since: times, places)))
            }
            let next = min(start + Self.period * tally.looks, end)
            isOver = stop.wait(atMost: next - .now) || ContinuousClock.now >= end
        }
        return .waits(reading(tally, files, since: times, places))
    }

    private func check(_ files: TaskHandle) throws(ProbeRefusal) {
        guard files.isAlive else { throw ProbeRefusal("\(request.target.label) has ended") }
    }

    private func reading(
        _ tally: WaitTally, _ files: TaskHandle, since before: SchedStat?, _ places: WaitPlaces
    ) -> WaitReading {
        var reading = WaitReading(
            request: request, elapsed: .now - tally.start, looks: tally.looks,
            places: tally.places)
        if let before, let now = files.times {
            reading.cpuTime = Duration(now.runTime.since(before.runTime))
            reading.runDelay = Duration(now.runDelay.since(before.runDelay))
        }
        reading.notes = notes(places)
        reading.conclusion = WaitConclusion(reading, hasEnded: tally.hasEnded).text
        return reading
    }

    private func notes(_ places: WaitPlaces) -> [String] {
        let rate = Int(.seconds(1) / Self.period)
        var notes = ["looked at \(rate) times a second, without stopping it"]
        if !places.mayReadCalls {
            notes.append("its system calls may not be read: \(denial)")
        }
        if !places.mayReadKernelStacks {
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

import ProcFormats
import ProcReading
import Samples
import SystemPackage
import Units

/// A profile by stopping threads for a moment, again and again, where the kernel gives no samples.
/// Only threads that run are stopped: who sleeps uses no CPU, and may be disturbed in its sleep.
struct StopProfile {
    private let request: ProfileRequest
    private let process: ProcessIdentity
    /// Nil for all of the process.
    private let thread: ThreadIdentity?
    /// Samples a second.
    private let frequency: Int

    static let mostFrequency = 20
    /// So many threads are stopped for a sample.
    private static let mostThreads = 16
    private static let reportPeriod = Duration.milliseconds(250)

    /// Nil for what cannot be seen by stopping: page faults, the whole host.
    init?(_ request: ProfileRequest) {
        guard case .cpuClock(let frequency) = request.event else { return nil }
        switch request.target {
        case .thread(let target): (process, thread) = (target.process, target.thread)
        case .process(let target): (process, thread) = (target, nil)
        case .host: return nil
        }
        self.request = request
        self.frequency = max(1, min(Self.mostFrequency, frequency))
    }

    /// What it does to the target, and the request that agrees to it.
    var offer: ProbeOffer {
        var accepted = request
        accepted.mayStop = true
        let whom = thread.map { "T\($0.tid)" } ?? "each thread of process \(process.pid)"
        let length = ThreadStop.usualLength
        let slower = Percent(100 * Double(frequency) * (length / .seconds(1)))
        return ProbeOffer(
            price: "stop \(whom) \(frequency) times a second while it runs, for about"
                + " \(length.fineText) each: \(slower.text) % slower; \(ThreadStop.effect)",
            request: accepted)
    }

    func run(
        until stop: StopSign, report: (Profile) -> Void
    ) throws(ProbeRefusal) -> Profile {
        let leader = ThreadIdentity(
            tid: ThreadID(process.pid.rawValue), startTime: process.startTime)
        try ThreadStop.check(ThreadTarget(process: process, thread: thread ?? leader))
        let began = ContinuousClock.now
        let life = TargetLife(of: request.target)
        var tally = ProfileTally(request, method: .stops)
        var stops = Stops()
        var reportDue = began + Self.reportPeriod
        var next = began
        while !stop.wait(atMost: next - .now), !life.hasEnded {
            next = max(next + .seconds(1) / frequency, .now)
            for tid in running { try sample(tid, &tally, &stops) }
            let elapsed = ContinuousClock.now - began
            guard elapsed < .seconds(request.seconds) else { break }
            guard ContinuousClock.now >= reportDue else { continue }
            report(tally.reading(after: elapsed, notes: stops.notes))
            reportDue = .now + Self.reportPeriod
        }
        if life.hasEnded { stops.ending = "\(life.label) ended meanwhile" }
        return tally.reading(after: .now - began, notes: stops.notes)
    }

    /// Threads that run; some of them where there are many.
    private var running: [ThreadID] {
        let threads = thread.map { [$0.tid] } ?? TaskHandle(process).threads
        let running = threads.filter { TaskHandle($0, of: process.pid).stat?.state == .running }
        return Array(running.shuffled().prefix(Self.mostThreads))
    }

    private func sample(
        _ tid: ThreadID, _ tally: inout ProfileTally, _ stops: inout Stops
    ) throws(ProbeRefusal) {
        do throws(ThreadStop.Failure) {
            let taken = try ThreadStop.take(of: tid)
            stops.count += 1
            stops.longest = max(stops.longest, taken.length)
            var sample = TakenSample(process: process.pid, tid: tid)
            sample.registers = taken.registers
            sample.stack = taken.stack
            tally.add(sample)
        } catch .refused where stops.count + stops.unmoved > 0 {
            // It was permitted before: the kernel has not let go of it yet since the last time.
            stops.unmoved += 1
        } catch .refused(let number) {
            throw ProbeRefusal(
                "T\(tid) cannot be stopped: \(Errno(rawValue: number))",
                remedy: "see whether a debugger has it already")
        } catch .unmoved {
            stops.unmoved += 1
        } catch {
            // It has ended.
        }
    }

    /// What was done to the target.
    private struct Stops {
        var count = 0
        var longest = Duration.zero
        /// Threads that did not come to a stop in time, and were let go.
        var unmoved = 0
        var ending: String?

        var notes: [String] {
            var notes = [
                "stopped \(count.groupedText) times, for \(longest.fineText) at most; user functions"
                    + " only"
            ]
            if unmoved > 0 { notes.append("\(unmoved.groupedText) times it did not stop in time") }
            if let ending { notes.append(ending) }
            return notes
        }
    }
}

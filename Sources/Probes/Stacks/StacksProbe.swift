import ProcFormats
import ProcReading
import Samples
import Units

extension StacksRequest: ProbeRequest {
    package var kind: ProbeKind { .stacks }
    package var subject: ProbeTarget { .process(process) }
    package var time: Duration? { nil }
    package var command: String { "dxtop stacks \(subject.option)" }
    package var consent: String? { method == .stopping ? "--stopping" : nil }

    package var withoutConsent: StacksRequest {
        var request = self
        request.method = .withoutStopping
        return request
    }

    package func run(
        until stop: StopSign, report: (StackListing) -> Void
    ) throws(ProbeRefusal) -> StackListing {
        try StacksProbe(self).run(until: stop, report: report)
    }
}

extension ProbeKind {
    package static let stacks = ProbeKind(
        id: "stacks", title: "stacks", label: "STACKS",
        uses: [
            Use(
                .process, "stacks of all threads of its process",
                effect: "no measurable overhead: stacks are read from outside, once")
        ],
        pages: [.stacks]
    ) { if case .process(let process) = $0 { StacksRequest(process: process) } else { nil } }
}

/// Reads the stack of every thread of a process once and groups identical ones.
struct StacksProbe {
    let request: StacksRequest

    init(_ request: StacksRequest) { self.request = request }

    /// What is not read by then is missing.
    static let mostTime = Duration.seconds(5)
    /// A thread that runs in one sample may sleep a moment later.
    private static let rounds = 3
    private static let pause = Duration.milliseconds(20)
    private static let reportPeriod = Duration.milliseconds(500)
    /// Why a stack is missing.
    static let runs = "runs"

    func run(
        until stop: StopSign, report: (StackListing) -> Void
    ) throws(ProbeRefusal) -> StackListing {
        let (threads, living) = try threads()
        let target = ThreadTarget(process: request.process, thread: living)
        if request.method == .stopping { try ThreadStop.check(target) }
        let reader = StackReader(request.process.pid, through: living.tid)
        let start = ContinuousClock.now
        var reportDue = start + Self.reportPeriod
        var groups = StackGroups()
        var left = threads
        var running: [ThreadID: StackListing.Thread] = [:]

        for round in 0..<Self.rounds where !left.isEmpty {
            if round > 0, stop.wait(atMost: Self.pause) { break }
            let asked = left
            left = []
            for (index, thread) in asked.enumerated() {
                let now = ContinuousClock.now
                if now - start > Self.mostTime || stop.isRaised {
                    left += asked[index...]
                    break
                }
                running[thread] = nil
                switch request.method == .stopping ? reader.stop(thread) : reader.read(thread) {
                case .stack(let listed, let frames, let gap):
                    groups.add(listed, frames, gap: gap)
                case .running(let listed):
                    running[thread] = listed
                    left.append(thread)
                case .gone: groups.missing += 1
                case .denied: throw denial(of: target)
                }
                if now >= reportDue {
                    reportDue = now + Self.reportPeriod
                    report(groups.listing(for: request))
                }
            }
        }
        groups.missing += left.count - running.count
        let samples = RunningThreads.samples(of: Array(running.keys), until: stop)
        for (thread, listed) in running {
            if let sample = samples[thread] {
                groups.add(listed, reader.frames(of: sample), gap: nil)
            } else {
                groups.add(listed, [], gap: Self.runs)
            }
        }
        groups.sampled = samples.count
        return listing(groups, reader, of: target, elapsed: .now - start)
    }

    // MARK: - The target

    /// All threads, and one of them that has not ended, as the first one may have.
    private func threads() throws(ProbeRefusal) -> ([ThreadID], living: ThreadIdentity) {
        let process = request.process
        guard let root = try? ProcRoot(), root.identity(of: process.pid) == process,
            let threads = try? root.threads(of: process.pid)
        else { throw ProbeRefusal("process \(process.pid) has ended") }
        for thread in threads {
            guard let stat = TaskHandle(thread, of: process.pid).livingStat else { continue }
            return (threads, ThreadIdentity(tid: thread, startTime: stat.startTime))
        }
        throw ProbeRefusal("process \(process.pid) has ended and only waits for its parent")
    }

    private func denial(of target: ThreadTarget) -> ProbeRefusal {
        do throws(ProbeRefusal) {
            try ThreadStop.check(target)
        } catch {
            return error
        }
        return ProbeRefusal("no right to read process \(request.process.pid)")
    }

    // MARK: - What it comes to

    private func listing(
        _ groups: StackGroups, _ reader: StackReader, of target: ThreadTarget, elapsed: Duration
    ) -> StackListing {
        var listing = groups.listing(for: request)
        listing.longestStop = reader.longestStop
        let count = groups.count
        if reader.longestStop != nil {
            listing.notes.append(
                "stopped one at a time, \(elapsed.fineText) in all")
        } else {
            listing.notes.append("read in \(elapsed.fineText)")
        }
        if groups.sampled > 0 {
            listing.notes.append(
                "\(groups.sampled) \(groups.sampled == 1 ? "was" : "were") running: stacks sampled by the kernel"
            )
        }
        if groups.guessed > 0 {
            listing.notes.append(
                "\(groups.guessed) of \(count) stacks have frames that are guesses, marked (?)")
        }
        if !reader.mayReadKernelStacks {
            listing.notes.append(
                "of the kernel only the function a thread waits in: kernel stacks are for root")
        }
        if elapsed > Self.mostTime {
            listing.notes.append("ended after \(Self.mostTime.text): not all threads were read")
        }
        let running = groups.count(gap: Self.runs)
        if running > 0 {
            listing.notes.append(
                "\(running) running in each sample: a profile shows where")
        }
        if request.method == .withoutStopping, running + groups.guessed > 0 {
            listing.offer = offer(toStop: count, target)
        }
        return listing
    }

    /// Nil where it would be refused.
    private func offer(toStop count: Int, _ target: ThreadTarget) -> ProbeOffer? {
        guard (try? ThreadStop.check(target)) != nil else { return nil }
        let all = (ThreadStop.usualLength * count).fineText
        return ProbeOffer(
            price: "stop each of \(count) threads, one after the other, for about"
                + " \(ThreadStop.usualLength.fineText) (\(all) in all), more where CPUs are busy;"
                + " \(ThreadStop.effect)",
            request: StacksRequest(process: request.process, method: .stopping))
    }
}

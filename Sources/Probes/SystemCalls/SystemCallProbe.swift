import CLinux
import Glibc
import ProcFormats
import ProcReading
import Samples
import Units

extension SystemCallRequest: ProbeRequest {
    package var kind: ProbeKind { .systemCalls }
    package var subject: ProbeTarget { target }
    package var time: Duration? { .seconds(seconds) }
    package var command: String { "dxtop syscalls \(target.option) --seconds \(seconds)" }

    package var consent: String? {
        switch method {
        case .best: nil
        case .mountingTracefs: "--mount-tracefs"
        case .traced: "--traced"
        }
    }

    package var withoutConsent: SystemCallRequest {
        var request = self
        request.method = .best
        return request
    }

    package func run(
        until stop: StopSign, report: (SystemCallCount) -> Void
    ) throws(ProbeRefusal) -> SystemCallCount {
        try SystemCallProbe(self).run(until: stop, report: report)
    }
}

extension ProbeKind {
    package static let systemCalls = ProbeKind(
        id: "syscalls", title: "system calls", label: "CALLS",
        uses: [
            Use(
                .thread, "count its system calls, by name",
                effect: "5 s, no measurable overhead; where it calls often, up to 1 us a call"),
            Use(
                .process, "count the system calls of its process",
                effect: "5 s, no measurable overhead; where it calls often, up to 1 us a call"),
        ],
        pages: [.systemCalls]
    ) { $0 == .host ? nil : SystemCallRequest(target: $0) }
}

/// Counts a target's system calls by the best means that may be used here.
struct SystemCallProbe {
    let request: SystemCallRequest
    /// Where the kernel's tracepoints are described; another place in tests.
    var tracefs = Tracefs()
    /// Whether to count by programs in the kernel; tests of the other means do without.
    var usesPrograms = true

    init(_ request: SystemCallRequest) { self.request = request }

    private static let reportPeriod: Duration = .milliseconds(250)

    func run(
        until stop: StopSign, report: (SystemCallCount) -> Void
    ) throws(ProbeRefusal) -> SystemCallCount {
        try TargetLife(of: request.target).check()
        let target = try CallTarget(request.target)
        guard let before = target.now else { throw ProbeRefusal("\(target.label) has ended") }
        if before.isKernelThread {
            throw ProbeRefusal(
                "\(target.label) is a thread of the kernel: it makes no system calls",
                remedy: "profile it instead")
        }
        let source = try source(for: target)
        defer { source.end() }
        let watch = CallWatch(request: request, target: target, source: source)
        let end = watch.began + .seconds(request.seconds)
        while true {
            let due = min(end, .now + Self.reportPeriod)
            let isThere = source.collect(until: due, unless: stop) && target.now != nil
            guard isThere, due < end, !stop.isRaised else { break }
            report(watch.reading())
        }
        return watch.reading()
    }

    private func source(for target: CallTarget) throws(ProbeRefusal) -> any CallSource {
        if case .traced = request.method { return try TracedCalls(target) }
        if usesPrograms, let counted = CountedCalls(target) { return counted }
        let mounts = request.method == .mountingTracefs
        do throws(TracefsError) {
            let tracepoints = try mounts ? tracefs.tracepointsByMounting() : tracefs.tracepoints()
            return try RecordedCalls(target, tracepoints)
        } catch {
            var offers = [offer(.traced, TracedCalls.price(request, target))]
            if error == .notMounted, geteuid() == 0 {
                offers.insert(offer(.mountingTracefs, tracefs.price), at: 0)
            }
            return try PolledCalls(target, because: error.sentence, offers: offers)
        }
    }

    private func offer(_ method: SystemCallRequest.Method, _ price: String) -> ProbeOffer {
        var accepted = request
        accepted.method = method
        return ProbeOffer(price: price, request: accepted)
    }
}

/// A target while its calls are counted.
struct CallWatch {
    let request: SystemCallRequest
    let target: CallTarget
    let source: any CallSource
    private let before: CallTarget.Moment?
    let began = ContinuousClock.now

    init(request: SystemCallRequest, target: CallTarget, source: any CallSource) {
        self.request = request
        self.target = target
        self.source = source
        // Not from before: to begin takes its time.
        before = target.now
    }

    func reading() -> SystemCallCount {
        let now = target.now
        let tally = source.tally()
        let isNative = (now ?? before)?.isNative ?? true
        var count = SystemCallCount(
            request: request, method: source.method, elapsed: .now - began, total: tally.total,
            calls: tally.named(isNative: isNative), lost: tally.lost, notes: source.notes,
            offers: source.offers, moment: .sinceBoot)
        if let now, let before { count.cpuTime = max(.zero, now.cpuTime - before.cpuTime) }
        if !isNative {
            count.notes.append("A 32-bit program: its calls have other numbers, and no names here.")
        }
        if now == nil { count.notes.append("\(target.label) has ended meanwhile.") }
        count.conclusion = conclusion(of: count, tally, now, isNative)
        return count
    }

    private func conclusion(
        of count: SystemCallCount, _ tally: CallTally, _ now: CallTarget.Moment?, _ isNative: Bool
    ) -> String {
        var conclusion = CallConclusion(count: count, isThread: target.thread != nil)
        conclusion.samples = tally.samples
        conclusion.samplesRunning = tally.samplesRunning
        guard let now, let before else { return conclusion.text }
        func name(_ number: Int32) -> String { CallTally.name(of: number, isNative: isNative) }
        conclusion.sleptIn = now.sleepsSince(before).map(name)
        if case .blocked(let number, _)? = now.syscall { conclusion.sleepsIn = name(number) }
        conclusion.sleeps = difference(now.sleeps, before.sleeps)
        conclusion.fileCalls = difference(now.fileCalls, before.fileCalls)
        return conclusion.text
    }

    private func difference(_ now: UInt64?, _ before: UInt64?) -> Int? {
        guard let now, let before else { return nil }
        return Rates.change(from: before, to: now).map { Int($0) }
    }
}

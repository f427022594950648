import Samples
import SystemPackage
import Units

/// A profile by the kernel's events, from opening them to the last reading.
struct EventProfile {
    private let request: ProfileRequest
    private let excludesKernel: Bool
    private let began: ContinuousClock.Instant
    /// From then to when the rings were read last.
    private var elapsed = Duration.zero
    /// That the target ended before the time was over.
    private var ending: String?
    /// Nil once no more samples are taken.
    private var rings: SampleRings?
    private var tally: ProfileTally
    private var pending: [TakenSample] = []
    private var pendingBytes = 0
    private var throttles = 0
    /// Page faults for each sample.
    private var period: UInt64 = 1
    private var samplesOfPeriod = 0
    private var use: TargetUse
    /// Whether each CPU has one event, and whether that was tried.
    private var isByCPU = false
    private var triedCPUs = false
    private var periodBegan: ContinuousClock.Instant

    /// Takes the samples out of the rings so often.
    private static let drainPeriod = Duration.milliseconds(50)
    private static let reportPeriod = Duration.milliseconds(250)
    /// Samples that wait for their names in our own memory; more are lost.
    private static let mostPendingBytes = 64 << 20
    /// How long somebody waits who wanted it to end.
    private static let patience = Duration.seconds(1)

    /// Opens the events and lets them begin. Without the kernel's part where that is not permitted.
    init(_ request: ProfileRequest) throws(Errno) {
        self.request = request
        var excludesKernel = false
        do throws(Errno) {
            rings = try Self.open(request, period: 1, excludesKernel: false)
        } catch .permissionDenied where request.target != .host {
            excludesKernel = true
            rings = try Self.open(request, period: 1, excludesKernel: true)
        }
        self.excludesKernel = excludesKernel
        use = TargetUse(of: request.target)
        tally = ProfileTally(request, method: .perfEvents(kernel: !excludesKernel))
        began = .now
        periodBegan = began
    }

    private static func open(
        _ request: ProfileRequest, period: UInt64, excludesKernel: Bool, byCPU: Bool = false
    ) throws(Errno) -> SampleRings {
        var asked = request.perfRequest(period: period, excludesKernel: excludesKernel)
        // Others' samples are copied, too, as for the host.
        if byCPU { asked.stackBytes = min(asked.stackBytes, 16 << 10) }
        let rings = try SampleRings(asked, of: request.target, byCPU: byCPU)
        try rings.enable()
        return rings
    }

    mutating func run(until stop: StopSign, report: (Profile) -> Void) -> Profile {
        let end = began + .seconds(request.seconds)
        let life = TargetLife(of: request.target)
        var reportDue = began + Self.reportPeriod
        // What was taken in time gets its names after that, too, unless nobody wants to wait.
        while rings != nil || (!pending.isEmpty && !stop.isRaised) {
            if pending.isEmpty { stop.wait(atMost: min(Self.drainPeriod, end - .now)) }
            collect()
            lookForShortThreads()
            if stop.isRaised || ContinuousClock.now >= end { rings = nil }
            resolve(for: Self.drainPeriod)
            guard ContinuousClock.now >= reportDue else { continue }
            if rings != nil, life.hasEnded {
                ending = "\(life.label) ended after \(elapsed.fineText)"
                rings = nil
            }
            report(reading)
            reportDue = .now + Self.reportPeriod
        }
        resolve(for: Self.patience)
        tally.add(lost: pending.reduce(0) { $0 + $1.weight })
        return reading
    }

    // MARK: - Samples

    /// Takes all out of the rings, which does not take long.
    private mutating func collect() {
        guard let rings else { return }
        rings.drain { record, bytes in
            switch record {
            case .sample(let sample): take(TakenSample(sample, bytes, weight: Int(period)))
            case .lost(let count):
                tally.add(lost: Int(clamping: count))
                samplesOfPeriod += Int(clamping: count)
            case .throttled: throttles += 1
            case .mapping(let process): tally.noteMapping(of: process)
            case .named(let process, let tid, let name, let isNewProgram):
                tally.note(name, of: tid, in: process, isNewProgram: isNewProgram)
            case .began, .ended, .other: break
            }
        }
        elapsed = .now - began
        limitRate()
    }

    private mutating func take(_ sample: TakenSample) {
        samplesOfPeriod += 1
        guard pendingBytes < Self.mostPendingBytes else {
            tally.add(lost: 1)
            return
        }
        pendingBytes += sample.size
        pending.append(sample)
    }

    /// Finds the call chains of what was taken, for a while: the first of a large program take long,
    /// and the rings must not wait for that.
    private mutating func resolve(for time: Duration) {
        let deadline = ContinuousClock.now + time
        var count = 0
        while count < pending.count, ContinuousClock.now < deadline {
            pendingBytes -= pending[count].size
            tally.add(pending[count])
            count += 1
        }
        pending.removeFirst(count)
    }

    /// Takes fewer of page faults that come fast: a sample takes as long as ten of them.
    private mutating func limitRate() {
        guard request.event == .pageFaults else { return }
        let elapsed = (.now - periodBegan) / .seconds(1)
        let limit = Double(ProfileRequest.mostFaultSamples)
        guard Double(samplesOfPeriod) > 2 * limit * max(elapsed, 0.05) else { return }
        let factor = Double(samplesOfPeriod) / max(elapsed, 0.01) / limit
        let longer = period * UInt64(factor.rounded(.up))
        // Events of threads that inherited them keep their period, so all are opened anew.
        guard let anew = try? Self.open(request, period: longer, excludesKernel: excludesKernel)
        else { return }
        rings = anew
        period = longer
        samplesOfPeriod = 0
        periodBegan = .now
    }

    // MARK: - Threads that are too short to be sampled

    /// Opens an event for each CPU where far fewer samples come than the process uses CPU time.
    private mutating func lookForShortThreads() {
        use.read()
        guard !triedCPUs, rings != nil, case .process = request.target,
            lacksSamples(Self.reportPeriod)
        else { return }
        triedCPUs = true
        guard
            let anew = try? Self.open(
                request, period: period, excludesKernel: excludesKernel, byCPU: true)
        else { return }
        rings = anew
        isByCPU = true
        use.restart()
        samplesOfPeriod = 0
    }

    /// Whether samples stand for less than half of the CPU time that it used since it was sampled this
    /// way, and for so much less.
    private func lacksSamples(_ least: Duration) -> Bool {
        guard case .cpuClock(let frequency) = request.event, !excludesKernel,
            let used = use.sinceBegin
        else { return false }
        let known = Duration.seconds(Double(samplesOfPeriod) / Double(max(1, frequency)))
        return used - known > max(least, used / 2)
    }

    // MARK: - Reading

    private var reading: Profile {
        var reading = tally.reading(after: elapsed, notes: notes)
        reading.used = use.total
        return reading
    }

    private var notes: [String] {
        var notes: [String] = []
        if excludesKernel {
            notes.append(
                "user functions only: kernel.perf_event_paranoid keeps the kernel's for root")
        }
        if tally.lacksKernelNames {
            notes.append("functions of the kernel have no names: kernel.kptr_restrict is on")
        }
        if request.event == .pageFaults {
            notes.append(
                "a page fault gives the process one page it did not have, of"
                    + " \(Machine.current.units.pageSize.text), or a huge page; some only bring in"
                    + " what a file holds")
            if period > 1 {
                notes.append("faults came fast: one sample for \(period) of them")
            }
        }
        if isByCPU {
            notes.append(
                "threads live, or run, shorter than the time between two samples: sampled by CPU, not by"
                    + " thread")
        } else if lacksSamples(.milliseconds(500)), let used = use.total {
            notes.append(
                "it used \(used.fineText) of CPU, for most of which there is no sample: threads that"
                    + " live shorter than the time between two samples are not seen without"
                    + " CAP_PERFMON")
        }
        if throttles > 0 {
            notes.append(
                "the kernel held samples back \(throttles) times: they took too much of its time")
        }
        if let ending { notes.append(ending) }
        return notes
    }
}

extension ProfileRequest {
    /// Samples of page faults a second.
    static let mostFaultSamples = 1000

    func perfRequest(period: UInt64, excludesKernel: Bool) -> PerfRequest {
        var asked: PerfRequest
        switch event {
        case .cpuClock(let frequency):
            asked = PerfRequest(.cpuClock)
            asked.rate = .frequency(frequency)
            asked.stackBytes = stackBytes(frequency)
        case .pageFaults:
            asked = PerfRequest(.pageFaults)
            asked.rate = .period(period)
            asked.stackBytes = stackBytes(Self.mostFaultSamples)
        }
        asked.fields = [
            .instructionPointer, .thread, .callChain, .userRegisters, .userStack,
        ]
        asked.excludesKernel = excludesKernel
        asked.excludesIdle = true
        asked.reportsMappings = true
        asked.reportsNames = true
        return asked
    }

    /// How much of the stack goes with each sample: enough for chains of a hundred functions, less
    /// where there are many samples, so that copying takes no more than about 4 MB a second and CPU.
    private func stackBytes(_ frequency: Int) -> Int {
        let most = target == .host ? 16 << 10 : 32 << 10
        return max(4 << 10, min(most, (4 << 20) / max(1, frequency)) & ~7)
    }
}

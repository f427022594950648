import ProcFormats
import Units

/// What samples of a thread mean, in a sentence.
struct WaitConclusion {
    private let reading: WaitReading
    private let hasEnded: Bool

    init(_ reading: WaitReading, hasEnded: Bool) {
        self.reading = reading
        self.hasEnded = hasEnded
    }

    /// It used less of a CPU than this share of the time in which it could have run.
    private static let starved = 0.8
    /// Of the samples; below, a few were by chance.
    private static let oftenRunning = 0.1

    var text: String {
        guard reading.samples > 0 else { return "it ended before it could be sampled" }
        var parts = [asleep, ran].compactMap(\.self)
        if hasEnded { parts.append("then it ended") }
        return parts.joined(separator: "; ")
    }

    private var elapsed: Double { reading.elapsed / .seconds(1) }

    private var runningSamples: Int {
        reading.sites.reduce(0) { $1.activity == .running ? $0 + $1.samples : $0 }
    }

    /// "asleep 98 % of 5.0 s in futex: 0x7f3a40, with 36 others"
    private var asleep: String? {
        let sleeping = reading.samples - runningSamples
        guard let most = reading.sites.first(where: { $0.activity != .running }) else {
            return nil
        }
        let share = Percent(sleeping, of: reading.samples)
        var text = "asleep \(share.text) % of \(reading.elapsed.fineText)"
        text += most.samples == sleeping ? ", " : ", mostly (\(reading.share(of: most).text) %) "
        text += most.activity.phrase
        return text + (most.object.map { ": \($0)" } ?? "")
    }

    /// What it did when it was not asleep.
    private var ran: String? {
        guard let cpu = reading.cpuTime else { return nil }
        let used = "it used \(cpu.fineText) of CPU"
        let ready = elapsed * Double(runningSamples) / Double(reading.samples)
        let isOften = Double(runningSamples) >= Self.oftenRunning * Double(reading.samples)
        guard isOften, cpu / .seconds(1) < Self.starved * ready else {
            return runningSamples == reading.samples
                ? "\(used) in \(reading.elapsed.fineText)" : used
        }
        let share = Percent(runningSamples, of: reading.samples)
        let delay = (reading.runDelay ?? .zero).fineText
        return "runnable in \(share.text) % of the samples, but used only \(cpu.fineText) of CPU:"
            + " it waited \(delay) for one, per schedstat; the CPUs are busy with others, or its"
            + " group's limit throttles it"
    }
}

extension WaitReading.SiteActivity {
    /// "in futex", "stopped by a signal".
    fileprivate var phrase: String {
        switch self {
        case .state(.stopped): Self.stopped
        case .state(.traced): Self.traced
        case .state(.diskSleep): "where no signal wakes it (state D)"
        case .state(let state): "in state \(state.letter)"
        case .running: "running"
        // Wherever it was when it was stopped.
        case .systemCall(_, "do_signal_stop"?), .outside("do_signal_stop"?): Self.stopped
        case .systemCall(_, "ptrace_stop"?), .outside("ptrace_stop"?): Self.traced
        case .systemCall(let name, _): "in \(name)"
        case .outside(let channel?): "outside of any system call, in the kernel's \(channel)"
        case .outside(nil): "outside of any system call"
        }
    }

    private static let stopped = "stopped by a signal"
    private static let traced = "stopped by a tracer"
}

import Dashboard
import Glibc
import Probes
import ProcSampling
import Screen
import Units

/// The dashboard at work: takes events one at a time, asks `update` what they mean, does what it
/// says, and shows the result once all that has arrived is taken in.
///
/// It waits for keys, signals and the mailbox together; sampling and tools work elsewhere, so that
/// no key ever waits for the machine.
struct RunLoop<Display: Terminal> {
    private var state: State
    private let terminal: Display
    private let sampling: SamplingLoop
    private let mailbox: Mailbox<Event>
    private let start = ContinuousClock.now
    private var users = Users()
    private var tools = ToolRuns()
    /// Those that were started and may not have let go of their targets yet; the last one is on show.
    private var probes: [ProbeRun] = []
    private var hotFunctions: HotFunctionSampling?
    private let counting: CandidateCounting
    private let saver: FileSaver
    private let hostNames: HostNames
    /// The terminal does not show all of the last picture yet.
    private var isBehind: Bool
    /// More samples than this do not wait while the terminal stands still.
    private static var mostSamples: Int { 8 }

    /// Shows the first picture, which waits for nothing, and starts sampling.
    init(
        state: State, terminal: Display, budget: Percent,
        source: @escaping SamplingLoop.MakeSource
    ) throws {
        self.state = state
        self.terminal = terminal
        isBehind = !terminal.present(state.render())
        let mailbox = Mailbox<Event>(mostDroppable: Self.mostSamples) { event in
            switch event {
            // A later one says all that this one does.
            case .sample, .hotFunctions, .probe(.reading, _): true
            default: false
            }
        }
        self.mailbox = mailbox
        saver = FileSaver { mailbox.post(.saved(message: $0, failed: $1)) }
        counting = CandidateCounting { mailbox.post(.counted($0)) }
        hostNames = HostNames { mailbox.post(.hostName($0, $1)) }
        sampling = try SamplingLoop.start(
            interval: state.interval, budget: budget, source: source
        ) {
            mailbox.post(.sample($0))
        }
        if state.probes.hotFunctions.isOn { sampleFunctions(true) }
    }

    /// Runs until the user quits.
    ///
    /// - Returns: the signals that ended it, if that is what did.
    mutating func run() -> TerminalSignals {
        defer {
            sampling.stop()
            hotFunctions?.stop()
            counting.stop()
            // Tools and probes let go of their targets before we are gone, and files are whole.
            stopProbes()
            tools.stopAndWait(patience: .milliseconds(700))
            saver.finish(patience: .seconds(2))
        }
        while true {
            waitForSomething()
            let signals = terminal.takeSignals()
            // Ctrl-C is a way to quit, the others are for the parent to see.
            let ending = signals.intersection(.ending)
            guard ending.isEmpty else { return ending.subtracting(.interrupt) }
            guard !terminal.hasHungUp else { return .hangUp }
            guard take(signals) else { return [] }
            isBehind = !terminal.present(state.render())
        }
    }

    /// Sleeps until a key, a signal or mail, or until something on the screen is due, or the
    /// terminal can take more of it. Pictures that it could not take are never sent late: only what
    /// the screen is to show by then.
    private func waitForSomething() {
        var sources = [terminal.keyDescriptor, terminal.signalDescriptor, mailbox.fileDescriptor]
            .map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let pause = isBehind ? terminal.pause : nil
        if isBehind, pause == nil {
            sources.append(
                pollfd(fd: terminal.outputDescriptor, events: Int16(POLLOUT), revents: 0))
        }
        var timeout: Int32 = -1
        if let wait = [state.wakeAt.map { $0 - now }, pause].compactMap(\.self).min() {
            timeout = Int32(max(0, min((wait / .milliseconds(1)).rounded(.up), 60_000)))
        }
        // An interrupted wait is as good as one that saw the signal's descriptor.
        _ = poll(&sources, nfds_t(sources.count), timeout)
    }

    private var now: Duration { ContinuousClock.now - start }

    /// Takes in all that has arrived.
    ///
    /// - Returns: false when it is time to go.
    private mutating func take(_ signals: TerminalSignals) -> Bool {
        if signals.contains(.suspend) {
            counting.stop()
            // Their pipes would fill while we stand, and hold up the threads that they trace.
            stopProbes()
            tools.stopAndWait(patience: .seconds(1))
            terminal.suspend()
        }
        if signals.contains(.resume) { terminal.resume() }
        if signals.contains(.resize) { terminal.updateSize() }
        if terminal.size != state.size, !handle(.resize(terminal.size)) { return false }
        for event in mailbox.takeAll() {
            if case .sample(let snapshot) = event { state.userNames = users.names(for: snapshot) }
            guard handle(event) else { return false }
        }
        while let key = terminal.nextKey() {
            guard handle(.key(key)) else { return false }
        }
        sampling.excuse(!probes.allSatisfy(\.isFinished))
        if let due = state.wakeAt, due <= now { return handle(.tick) }
        return true
    }

    private mutating func handle(_ event: Event) -> Bool {
        for effect in state.update(event, at: now) {
            switch effect {
            case .read(let interest, let atOnce):
                sampling.setInterest(interest)
                if atOnce { sampling.sampleNow() }
            case .setInterval(let interval): sampling.setInterval(interval)
            case .startTool(let tool, let target, let run): start(tool, on: target, run)
            case .stopTool: tools.stopNewest()
            case .startProbe(let request, let run): start(request, run)
            case .stopProbe: probes.last?.stop()
            case .sampleFunctions(let isOn): sampleFunctions(isOn)
            case .save(let path, let contents): saver.save(contents, to: path)
            case .saveReading(let reading, let kind, let subject, let path):
                saver.save(reading, of: kind, about: subject, to: path)
            case .countSystemCalls(let threads): counting.count(threads)
            case .readServices: mailbox.post(.services(ServiceFile.names()))
            case .askForNames(let addresses): hostNames.ask(addresses)
            case .stopAsking: hostNames.stop()
            case .redraw: terminal.redraw()
            case .quit: return false
            }
        }
        return true
    }

    private mutating func start(_ tool: Tool, on target: ToolTarget, _ run: Int) {
        tools.add(
            ToolRun.start(tool, on: target) { [mailbox] event in
                mailbox.post(.tool(event, run: run))
            })
    }

    private mutating func start(_ request: any ProbeRequest, _ run: Int) {
        probes.last?.stop()
        probes.removeAll(where: \.isFinished)
        probes.append(
            ProbeRun.start(request) { [mailbox] event in mailbox.post(.probe(event, run: run)) })
    }

    private func stopProbes() {
        for probe in probes { probe.stop() }
        for probe in probes { probe.wait(atMost: .milliseconds(500)) }
    }

    private mutating func sampleFunctions(_ isOn: Bool) {
        hotFunctions?.stop()
        hotFunctions =
            isOn
            ? HotFunctionSampling.start { [mailbox] in mailbox.post(.hotFunctions($0)) } : nil
    }
}

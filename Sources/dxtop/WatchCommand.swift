import ArgumentParser
import Dashboard
import Diagnosis
import ProcSampling
import Units

/// `dxtop watch`: one view every interval, for pipes and scripts.
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "One view every interval, as text or JSON.",
        discussion: WatchedView.all.map { "\($0.name): \($0.help)." }.joined(separator: "\n")
            + "\n\n"
                + """
                With --json each interval is one line: {"schema": 1, "time": ..., "threads": [...]}. \
                An unknown value is null, never 0. To stay within --budget, intervals may get longer; \
                interval_seconds is the real one.
                """)

    @Argument(help: "What to watch.")
    var view: WatchedView

    @OptionGroup var interval: IntervalOption
    @OptionGroup var budget: BudgetOption

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Number of iterations (default: endless).", valueName: "n")
    )
    var count: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "This process only: its threads, memory, sockets, and the findings about it. Drops by "
                + "stage stay those of the whole network namespace.", valueName: "pid"))
    var pid: Int32?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Limit rows of text.", valueName: "n"))
    var top: Int?

    @OptionGroup var hot: HotOption
    @OptionGroup var network: NamespaceOption
    @OptionGroup var source: SourceOptions

    @Flag(help: "One JSON object a line instead of text.")
    var json = false

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count takes a number of at least 1") }
        if let pid, pid < 1 { throw ValidationError("--pid takes a process ID") }
        if let top, top < 1 { throw ValidationError("--top takes a number of at least 1") }
    }

    func run() throws {
        Endurance.prepare()
        let output = StandardOutput()
        let observer = try Observer(
            source: source, pid: pid.map { ProcessID($0) }, network: network, tables: view.tables,
            budget: budget.share, countsCalls: view == .findings)
        _ = try observer.sample()
        var left = count ?? .max
        while left > 0 {
            observer.wait(interval.duration)
            let snapshot = try observer.sample()
            try observer.checkTarget(in: snapshot)
            if json {
                try printJSON(snapshot, observer, to: output)
            } else {
                printText(snapshot, observer, to: output)
            }
            left -= 1
        }
    }

    private func printJSON(
        _ snapshot: Snapshot, _ observer: Observer, to output: StandardOutput
    ) throws {
        let rows = RowDocuments(
            userNames: observer.userNames, hotThreshold: hot.threshold, target: observer.target,
            memory: observer.chronicle.memory, growth: observer.chronicle.verdicts.growth,
            network: observer.chronicle.verdicts.network,
            findings: findings(observer))
        try output.print(
            JSONText.encode(WatchDocument(view: view, snapshot: snapshot, rows: rows)))
    }

    private func printText(
        _ snapshot: Snapshot, _ observer: Observer, to output: StandardOutput
    ) {
        var shown = snapshot
        if let target = observer.target {
            shown.processes.removeAll { $0.id != target }
            if view == .udp {
                shown.network?.sockets.sockets.removeAll { $0.owner?.process != target }
            }
        }
        let report = TextReport(
            shown, of: observer.chronicle, userNames: observer.userNames,
            hotThreshold: hot.threshold, width: output.width)
        var heading = snapshot.time.rfc3339
        if let passed = snapshot.interval, passed > interval.duration * 1.05 {
            heading += "  interval \(passed.fineText) (--budget)"
        }
        output.print(heading)
        guard view != .findings else {
            let report = FindingReport(
                width: output.width, secondsFromUTC: LocalEnvironment.secondsFromUTC)
            output.print(report.lines(Array(findings(observer).prefix(top ?? .max))))
            output.print("")
            return
        }
        output.print(report.summary(of: view.place))
        output.print(report.table(of: place(observer), limit: top))
        output.print(report.remarks(of: view.place))
        output.print("")
    }

    /// Of one process, those that are about it.
    private func findings(_ observer: Observer) -> [Finding] {
        let all = observer.chronicle.verdicts.findings
        guard let target = observer.target else { return all }
        return all.filter { $0.concerns(target) }
    }

    /// Of one process, its sockets.
    private func place(_ observer: Observer) -> Place {
        if view == .sockets, let target = observer.target {
            return .sockets(of: .process(target))
        }
        return view.place
    }
}

import ArgumentParser
import Dashboard
import Diagnosis
import ProcSampling
import Units

/// `dxtop snapshot`: two samples, then everything known, once.
struct SnapshotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Everything that dxtop knows, once, as text or JSON.",
        discussion: """
            Takes two samples; rates are over the time between them. Names in JSON end in their \
            unit; an unknown value is null, never 0.
            """)

    @OptionGroup var interval: IntervalOption
    @OptionGroup var hot: HotOption
    @OptionGroup var network: NamespaceOption
    @OptionGroup var source: SourceOptions

    @Flag(help: "One JSON document instead of text.")
    var json = false

    func run() throws {
        let output = StandardOutput()
        let observer = try Observer(
            source: source, pid: nil, network: network, tables: .all)
        _ = observer.sample()
        observer.wait(interval.duration)
        let snapshot = observer.sample()
        if json {
            let rows = RowDocuments(
                userNames: observer.userNames, hotThreshold: hot.threshold, target: nil,
                memory: observer.memory.history, growth: observer.verdicts.growth,
                network: observer.verdicts.network, findings: observer.verdicts.findings)
            output.print(
                try JSONText.encode(
                    SnapshotDocument(snapshot: snapshot, rows: rows)))
            return
        }
        let report = TextReport(
            snapshot, userNames: observer.userNames, hotThreshold: hot.threshold,
            width: output.width, memory: observer.memory, verdicts: observer.verdicts)
        output.print(
            "\(snapshot.host.name)  \(snapshot.host.kernelRelease)  \(snapshot.time.rfc3339)")
        output.print(report.resources)
        output.print(report.findings)
        output.print("")
        output.print(report.table(of: .overview, limit: nil))
        output.print("")
        output.print(report.table(of: .threads(of: nil), limit: nil))
        output.print("")
        output.print(report.summary(of: .sockets(of: nil)))
        output.print(report.table(of: .sockets(of: nil), limit: nil))
        output.print("")
        output.print(report.summary(of: .udp))
        output.print(report.table(of: .udp, limit: nil))
        output.print(report.remarks(of: .udp))
    }
}

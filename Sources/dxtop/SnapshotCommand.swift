import ArgumentParser
import Dashboard
import Diagnosis
import ProcSampling
import Screen
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
        _ = try observer.sample()
        observer.wait(interval.duration)
        let snapshot = try observer.sample()
        if json {
            let rows = RowDocuments(
                userNames: observer.userNames, hotThreshold: hot.threshold, target: nil,
                memory: observer.chronicle.memory, growth: observer.chronicle.verdicts.growth,
                network: observer.chronicle.verdicts.network,
                findings: observer.chronicle.verdicts.findings)
            output.print(
                try JSONText.encode(
                    SnapshotDocument(snapshot: snapshot, rows: rows)))
            return
        }
        let report = TextReport(
            snapshot, of: observer.chronicle, userNames: observer.userNames,
            hotThreshold: hot.threshold, width: output.width)
        let host = VisibleText.of(snapshot.host.name)
        let release = VisibleText.of(snapshot.host.kernelRelease)
        output.print("\(host)  \(release)  \(snapshot.time.rfc3339)")
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

import ArgumentParser
import CursesScreen
import Probes
import ProcSampling
import Screen

/// `dxtop doctor`: what works on this machine, and what would enable the rest.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "What works on this machine, what does not and why, and what would enable it.",
        discussion: """
            Tries everything that dxtop uses, on itself or on a child process of its own, so it is \
            safe to run: rights, thread files, perf events, tracepoints, ptrace, symbols, sockets, \
            control groups, tools, the terminal. With --proc it reports on another tree (captured, \
            or a container host's): which files it has, which are missing, and what stays blank.
            """)

    @OptionGroup var source: SourceOptions

    @Flag(help: "One JSON document instead of text.")
    var json = false

    func run() throws {
        let root = try source.root()
        let observer = Observer(root: root, tables: .all)
        _ = observer.sample()
        observer.wait(.milliseconds(500))
        let snapshot = observer.sample()
        let report =
            root.isLive
            ? DoctorReport(.current(root, snapshot, terminal: TerminalSurvey.current.facts))
            : DoctorReport(tree: TreeFacts(root, snapshot))
        let output = StandardOutput()
        if json {
            output.print(try JSONText.encode(DoctorDocument(report: report)))
        } else {
            output.print(DoctorText.lines(of: report))
        }
    }
}

/// A line for each, and under it what would help.
enum DoctorText {
    static func lines(of report: DoctorReport) -> [String] {
        let subjects = report.lines.map { VisibleText.width($0.subject) }.max() ?? 0
        return report.lines.flatMap { line -> [String] in
            let head = padded(line.mark.rawValue, to: 4) + "  " + padded(line.subject, to: subjects)
            let indent = String(repeating: " ", count: VisibleText.width(head))
            let what = ([line.what] + [line.why].compactMap(\.self)).joined(separator: ": ")
            return [head + "  " + VisibleText.of(what)]
                + (line.remedy.map { [indent + "  -> " + VisibleText.of($0)] } ?? [])
        }
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - VisibleText.width(text)))
    }
}

/// As `dxtop doctor --json` prints it.
struct DoctorDocument: Encodable {
    let report: DoctorReport

    func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("schema", 1)
        try fields.write("lines", report.lines.map(LineDocument.init))
    }

    private struct LineDocument: Encodable {
        let line: DoctorReport.Line

        func encode(to encoder: any Encoder) throws {
            var fields = FieldWriter(encoder)
            try fields.write("subject", line.subject)
            try fields.write("mark", line.mark.rawValue)
            try fields.write("what", line.what)
            try fields.write("why", line.why)
            try fields.write("remedy", line.remedy)
        }
    }
}

extension TerminalSurvey {
    fileprivate var facts: DoctorFacts.TerminalFacts {
        DoctorFacts.TerminalFacts(name: name, isKnown: isKnown, isUTF8: isUTF8, colors: colors)
    }
}

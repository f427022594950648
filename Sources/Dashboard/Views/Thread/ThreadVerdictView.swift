import Diagnosis
import Probes
import Samples
import Screen
import Units

/// What diagnosis says of one thread, and what probes found of it: claim, why, before, meaning, next.
struct ThreadVerdictView {
    private let state: State
    private let thread: ThreadIdentity
    private let process: ProcessIdentity

    init(_ state: State, thread: ThreadIdentity, process: ProcessIdentity) {
        self.state = state
        self.thread = thread
        self.process = process
    }

    /// Of this thread itself, then of its process as a whole.
    private var findings: [Finding] {
        let ofThread = state.listedFindings.filter { $0.subject == .thread(thread, of: process) }
        let ofProcess = state.listedFindings.filter { finding in
            finding.subject == .process(process) && finding.kind.area == .threads
        }
        return ofThread + ofProcess
    }

    /// - Parameter width: columns of a line.
    func lines(width: Int) -> [[StyledText]] {
        var lines: [[StyledText]] = []
        for (index, finding) in findings.enumerated() {
            lines += claim(finding, width: width)
            // Of more than one the first is the gravest: its grounds are read.
            if index == 0 { lines += grounds(finding, width: width) }
        }
        return lines + results(width: width)
    }

    private func claim(_ finding: Finding, width: Int) -> [[StyledText]] {
        let style = FindingsView.mark(finding.severity).1
        let mute = state.findings.muted[finding.id].map { "  (muted: \($0.reason))" } ?? ""
        let since = finding.since.clock(secondsFromUTC: state.settings.secondsFromUTC)
        let text = "\(finding.claim), since \(since)\(mute)"
        return Wrapped.lines(text, width: width - Self.indent - Self.labels).enumerated().map {
            index, line in
            index == 0
                ? [
                    StyledText("VERDICT ", .heading),
                    StyledText(
                        padded(finding.confidence.text, to: Self.labels),
                        mute.isEmpty ? style : .faint),
                    StyledText(line, Style(.text, .bold)),
                ]
                : [StyledText(padded("", to: Self.indent + Self.labels)), StyledText(line, .text)]
        }
    }

    private func grounds(_ finding: Finding, width: Int) -> [[StyledText]] {
        let parts: [(String, String?)] = [
            ("why", finding.evidence.joined(separator: "; ")), ("before", finding.baseline),
            ("meaning", finding.meaning), ("next", state.nextSteps(of: finding)),
        ]
        return parts.flatMap { label, text -> [[StyledText]] in
            guard let text, !text.isEmpty else { return [] }
            return Wrapped.lines(text, width: width - Self.indent - Self.labels).enumerated().map {
                index, line in
                [
                    StyledText(padded("", to: Self.indent)),
                    StyledText(padded(index == 0 ? label : "", to: Self.labels), .heading),
                    StyledText(line, label == "next" ? .accent : .text),
                ]
            }
        }
    }

    // MARK: Probes

    private func results(width: Int) -> [[StyledText]] {
        state.probes.results[thread].flatMap { found -> [[StyledText]] in
            let age = "  (\((state.now - found.at).text) ago)"
            let rows = Wrapped.lines(found.remark.text + age, width: width - Self.indent)
            let lines = rows.prefix(2).enumerated().map { index, line in
                [
                    StyledText(
                        padded(index == 0 ? found.remark.kind.label : "", to: Self.indent), .heading
                    ),
                    StyledText(line),
                ]
            }
            guard let detail = found.remark.detail else { return lines }
            return lines + [[StyledText(padded("", to: Self.indent)), StyledText(detail, .faint)]]
        }
    }

    private static let indent = 8
    /// Columns of a label: "meaning", and a blank.
    private static let labels = 8

    private func padded(_ text: String, to columns: Int) -> String {
        text + String(repeating: " ", count: max(0, columns - text.count))
    }
}

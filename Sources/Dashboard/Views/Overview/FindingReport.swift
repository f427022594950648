package import Diagnosis
import Samples
import Screen
package import Units

/// Findings as plain text, each with its grounds: why, how it was before, what it means, and
/// commands that show what is next.
package struct FindingReport {
    private let width: Int
    private let secondsFromUTC: Int

    /// - Parameter width: columns of a line; longer ones are broken between words.
    package init(width: Int, secondsFromUTC: Int) {
        self.width = width
        self.secondsFromUTC = secondsFromUTC
    }

    /// The most severe first, as they come; that there is none is said, too.
    package func lines(_ findings: [Finding]) -> [String] {
        guard !findings.isEmpty else { return ["no findings"] }
        return findings.flatMap(lines)
    }

    private func lines(_ finding: Finding) -> [String] {
        let since = finding.since.clock(secondsFromUTC: secondsFromUTC)
        let head = "\(finding.claim)  (\(finding.confidence.text), since \(since))"
        return piece(finding.severity.glyph, head)
            + finding.evidence.enumerated().flatMap { piece($0 == 0 ? "  why" : "", $1) }
            + (finding.baseline.map { piece("  before", $0) } ?? [])
            + (finding.meaning.map { piece("  meaning", $0) } ?? [])
            + finding.next.enumerated().flatMap { step($0 == 0 ? "  next" : "", $1) }
    }

    /// A command stays in one line however long it is, to be pasted; what it shows follows as a
    /// comment, on lines of its own where both do not fit.
    private func step(_ label: String, _ step: NextStep) -> [String] {
        let room = width - Self.partIndent
        let line = VisibleText.of(step.line, unicode: false)
        guard let command = step.command, line.utf8.count > room else {
            return piece(label, step.line)
        }
        let comment = Wrapped.lines(
            VisibleText.of(step.text, unicode: false), width: max(1, room - 2))
        return [head(label, Self.partIndent) + VisibleText.of(command, unicode: false)]
            + comment.map { head("", Self.partIndent) + "# " + $0 }
    }

    /// Text behind a label of its own column, which stands for a finding's mark or its parts.
    private func piece(_ label: String, _ text: String) -> [String] {
        let indent = label.hasPrefix(" ") || label.isEmpty ? Self.partIndent : 3
        let harmless = VisibleText.of(text, unicode: false)
        return Wrapped.lines(harmless, width: width - indent).enumerated().map { index, line in
            head(index == 0 ? label : "", indent) + line
        }
    }

    private func head(_ label: String, _ indent: Int) -> String {
        label + String(repeating: " ", count: indent - label.utf8.count)
    }

    private static let partIndent = 10
}

extension Finding.Severity {
    /// For a narrow column, understood without colour.
    package var glyph: String {
        switch self {
        case .info: "i"
        case .warning: "!"
        case .critical: "!!"
        }
    }
}

extension Finding {
    /// Whether it is about a process, as far as it says so.
    package func concerns(_ id: ProcessIdentity) -> Bool {
        subject.process.map { $0 == id } ?? processes.contains(id.pid)
    }
}

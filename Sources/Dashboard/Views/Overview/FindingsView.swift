import Diagnosis
import Screen
import Units

/// Findings in the Overview: one line each, the selected one with its grounds.
enum FindingsView {
    /// Rows that the section takes: a title, the findings, and under the selected one its grounds.
    static func height(_ state: State) -> Int {
        let count = state.listedFindings.count
        guard count > 0, state.size.rows >= leastRows else { return 0 }
        let selected = state.listedFindings.first { $0.id == state.findings.selected }
        let lines = selected.map { grounds($0, state).count } ?? 0
        return 1 + min(count, most(rows: state.size.rows)) + lines
    }

    /// On a smaller screen the list matters more.
    static let leastRows = 16
    private static func mostGroundLines(rows: Int) -> Int { rows < 30 ? 6 : 10 }

    /// So many are on the screen at once; the others come into view as one selects them.
    private static func most(rows: Int) -> Int { rows < 30 ? 3 : 6 }

    static func draw(_ state: State, into surface: inout Surface, in rect: Rect) {
        guard rect.rows > 1 else { return }
        var rest = rect
        let findings = state.listedFindings
        let title = rest.takeTop(1)
        surface.fill(title, surface.glyphs.rule, style: .faint)
        let hidden = findings.count - most(rows: state.size.rows)
        let more = hidden > 0 ? "(\(hidden) more: Tab) " : ""
        let muted = findings.count { state.findings.muted[$0.id] != nil }
        let told = findings.count - muted
        surface.put(
            " FINDINGS \(told)\(muted > 0 ? ", \(muted) muted" : "") \(more)",
            at: Point(column: title.column + 1, row: title.row),
            style: .heading)
        let selected = findings.firstIndex { $0.id == state.findings.selected }
        let room = most(rows: state.size.rows)
        let first = max(0, min((selected ?? 0) - room + 1, findings.count - room))
        for (index, finding) in findings.enumerated().dropFirst(first).prefix(room) {
            guard rest.rows > 0 else { return }
            draw(
                finding, isSelected: index == selected,
                isMuted: state.findings.muted[finding.id] != nil,
                into: &surface, in: rest.takeTop(1))
            guard index == selected else { continue }
            for text in grounds(finding, state) where rest.rows > 0 {
                let line = rest.takeTop(1)
                surface.put(
                    text, at: Point(column: line.column + indent, row: line.row),
                    within: line.columns - indent)
            }
        }
    }

    private static func draw(
        _ finding: Finding, isSelected: Bool, isMuted: Bool, into surface: inout Surface,
        in rect: Rect
    ) {
        let (mark, style) = isMuted ? ("m", .faint) : mark(finding.severity)
        let confidence = finding.confidence.text
        let width = claimWidth(finding, columns: rect.columns)
        surface.put(
            isSelected ? String(surface.glyphs.selection) : " ", at: rect.origin, style: .accent)
        surface.put(mark, at: Point(column: rect.column + 1, row: rect.row), style: style)
        let start = Point(column: rect.column + 4, row: rect.row)
        surface.put(
            finding.claim, at: start, style: isMuted ? .faint : .text, within: width)
        if isCut(finding, columns: rect.columns) { surface.markCut(start, width) }
        surface.put(
            confidence,
            at: Point(column: rect.column + rect.columns - confidence.count, row: rect.row),
            style: isMuted ? .faint : .text)
        if isSelected { surface.reverse(rect) }
    }

    /// Why it is said, and what to do next: under the claim.
    private static func grounds(_ finding: Finding, _ state: State) -> [[StyledText]] {
        let columns = state.size.columns
        let mute = state.findings.muted[finding.id].map { "muted: \($0.reason); m again: unmute" }
        let parts = [
            ("mute", mute), ("before", finding.baseline), ("meaning", finding.meaning),
            ("next", state.nextSteps(of: finding)),
        ]
        let widest = parts.filter { $0.1 != nil }.map(\.0.count).max() ?? 0
        func lines(_ label: String, _ text: String?) -> [[StyledText]] {
            guard let text else { return [] }
            return Wrapped.lines(text, width: columns - indent - widest - 1).enumerated().map {
                let head = $0 == 0 ? label : ""
                let space = String(repeating: " ", count: widest + 1 - head.count)
                return [StyledText(head + space, .heading), StyledText($1, .faint)]
            }
        }
        let claim = lines("what", isCut(finding, columns: columns) ? finding.claim : nil)
        let since = finding.since.clock(secondsFromUTC: state.settings.secondsFromUTC)
        let why = lines("why", (["since \(since)"] + finding.evidence).joined(separator: "; "))
        let rest = parts.flatMap(lines)
        let room = max(1, mostGroundLines(rows: state.size.rows) - rest.count - claim.count)
        return claim + cut(why, to: room, columns: columns - indent) + rest
    }

    /// What is left out is marked: the finding's own view has it all.
    private static func cut(
        _ lines: [[StyledText]], to count: Int, columns: Int
    ) -> [[StyledText]] {
        guard lines.count > count, var last = lines.prefix(count).last?.last else { return lines }
        let head = lines[count - 1].dropLast()
        let used = head.reduce(0) { $0 + VisibleText.width($1.text) }
        while VisibleText.width(last.text) > columns - used - 4, !last.text.isEmpty {
            last.text.removeLast()
        }
        last.text += " ..."
        return lines.prefix(count - 1) + [head + [last]]
    }

    /// The columns that a claim has on its line.
    private static func claimWidth(_ finding: Finding, columns: Int) -> Int {
        columns - 5 - finding.confidence.text.count
    }

    private static func isCut(_ finding: Finding, columns: Int) -> Bool {
        VisibleText.width(finding.claim) > claimWidth(finding, columns: columns)
    }

    private static let indent = 4

    static func mark(_ severity: Finding.Severity) -> (String, Style) {
        switch severity {
        case .info: (severity.glyph, .faint)
        case .warning: (severity.glyph, .warning)
        case .critical: (severity.glyph, .critical)
        }
    }
}

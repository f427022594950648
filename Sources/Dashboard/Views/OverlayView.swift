import Probes
import Screen

/// The boxes that lie over a view.
enum OverlayView {
    static func draw(_ state: State, into surface: inout Surface) {
        guard let overlay = state.overlay else { return }
        var area = surface.bounds
        if area.rows > 4 {
            _ = area.takeTop(1)
            _ = area.takeBottom(1)
        }
        switch overlay {
        case .help(let scroll):
            Card(title: "Help", rows: helpRows(state.place)).draw(
                into: &surface, in: area, from: scroll)
        case .toolMenu(let selected, let subject):
            drawToolMenu(selected, subject, into: &surface, in: area)
        case .sortMenu(let selected):
            let rows = state.columns.enumerated().map { index, column in
                menuRow(column.title, column.meaning, isSelected: index == selected)
            }
            Card(title: "Sort by", rows: rows).draw(
                into: &surface, in: area, from: selected - area.rows / 2)
        case .commands(let commands):
            let rows = commands.flatMap { command in
                [
                    [StyledText("# " + command.shows, .faint)],
                    [StyledText(command.command, .accent)],
                    [],
                ]
            }
            Card(
                title: "The same in a shell",
                rows: rows + [[StyledText("any key goes back", .faint)]]
            )
            .draw(into: &surface, in: area)
        case .quitQuestion:
            Card(
                title: "Quit dxtop?",
                rows: [
                    [StyledText("q y Enter", .accent), StyledText("  quit")],
                    [StyledText("any other key", .accent), StyledText("  stay")],
                ]
            ).draw(into: &surface, in: area)
        }
    }

    private static func helpRows(_ place: Place) -> [[StyledText]] {
        let lines = Help.lines(for: place)
        let width = lines.filter { !$0.isTitle }.map(\.head.count).max() ?? 0
        return lines.map { line in
            if line.isTitle { return [StyledText(line.head, .heading)] }
            guard !line.head.isEmpty else { return [StyledText(line.text)] }
            let blanks = String(repeating: " ", count: width - line.head.count + 2)
            return [StyledText(line.head, .accent), StyledText(blanks + line.text)]
        }
    }

    private static func menuRow(
        _ name: String, _ text: String, isSelected: Bool
    ) -> [StyledText] {
        let padded = name + String(repeating: " ", count: max(0, 8 - name.count))
        return [
            StyledText(
                (isSelected ? "> " : "  ") + padded, isSelected ? Style.accent.reversed : .accent),
            StyledText(" " + text, isSelected ? Style.text.reversed : .text),
        ]
    }

    private static func drawToolMenu(
        _ selected: Int, _ subject: ToolSubject, into surface: inout Surface, in area: Rect
    ) {
        var rows: [[StyledText]] = []
        for (index, tool) in ToolCatalogue.tools.enumerated() {
            let key = tool.key.map(String.init) ?? " "
            let isSelected = index == selected
            rows.append([
                StyledText(
                    (isSelected ? "> " : "  ") + key, isSelected ? Style.accent.reversed : .accent),
                StyledText("  " + tool.title, isSelected ? Style.text.reversed : .text),
            ])
            rows += tool.command(for: subject.target).shellLines.map {
                [StyledText("     " + $0, .faint)]
            }
            let (mark, cost) = EffectText.parts(tool.effect)
            rows.append([
                StyledText("     \(tool.seconds) s, ", .faint), mark,
                StyledText(": " + cost, .faint),
            ])
        }
        Card(title: "Tools for \(subject.description)", rows: rows).draw(
            into: &surface, in: area, from: max(0, selected * 3 - area.rows / 2))
    }
}

/// What a tool does to its target, with how grave that is.
enum EffectText {
    static func lines(_ effect: Tool.Effect, width: Int) -> [[StyledText]] {
        let (mark, cost) = parts(effect)
        let lines = Wrapped.lines(cost, width: max(20, width - 9))
        return [[StyledText("target   "), mark]] + lines.map { [StyledText("         " + $0)] }
    }

    static func parts(_ effect: Tool.Effect) -> (mark: StyledText, cost: String) {
        switch effect {
        case .nothing(let cost): (StyledText("leaves it alone", .good), cost)
        case .slows(let cost): (StyledText("! slows it", .warning), cost)
        case .stops(let cost): (StyledText("!! stops it", .critical), cost)
        }
    }
}

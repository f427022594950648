import Probes
import Samples
import Screen

/// The boxes that lie over a view.
enum OverlayView {
    static func draw(_ state: State, into surface: inout Surface) {
        guard let overlay = state.dialogue.overlay else { return }
        var area = surface.bounds
        if area.rows > 4 {
            _ = area.takeTop(1)
            _ = area.takeBottom(1)
        }
        let width = textWidth(in: area.size)
        switch overlay {
        case .help(let scroll):
            Card(title: "Help", rows: helpRows(state.place, width: width)).draw(
                into: &surface, in: area, from: scroll)
        case .toolMenu(let selected, let subject, let probes):
            drawMenu(
                "Tools for \(subject.description)",
                probes.enumerated().map { index, probe in
                    entry(probe, isSelected: index == selected, width: width)
                }
                    + ToolCatalogue.tools(for: subject.target).enumerated().map { index, tool in
                        entry(
                            tool, subject, isSelected: index + probes.count == selected,
                            width: width)
                    }, selected, into: &surface, in: area)
        case .offers(let offers, let selected):
            drawMenu(
                "Confirm (intrusive)",
                offers.enumerated().map { index, offer in
                    let mark = offers.count > 1 && index == selected ? "> " : "  "
                    return rows(mark, .accent, 2, offer.price, .text, width: width) + [[]]
                } + [
                    [
                        [
                            StyledText("y", .accent), StyledText(" run it   "),
                            StyledText("Esc", .accent), StyledText(" cancel"),
                        ]
                    ]
                ], selected, into: &surface, in: area)
        case .sortMenu(let selected):
            let columns = state.columns
            drawMenu(
                "Sort by",
                columns.map { column in
                    entry(
                        column.title, column.meaning, isSelected: column.id == selected,
                        width: width)
                }, columns.firstIndex { $0.id == selected } ?? 0, into: &surface, in: area)
        case .namespaceMenu(let selected):
            drawNamespaces(state, selected, into: &surface, in: area, width: width)
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

    /// Columns of text in a box that fills the area.
    static func textWidth(in area: Size) -> Int { area.columns - 4 }

    /// The help page, wrapped to so many columns.
    static func helpRows(_ place: Place, width: Int) -> [[StyledText]] {
        let lines = Help.lines(for: place)
        let heads = lines.filter { !$0.isTitle }.map(\.head.count).max() ?? 0
        return lines.flatMap { line -> [[StyledText]] in
            if line.isTitle { return [[StyledText(line.head, .heading)]] }
            guard !line.head.isEmpty else {
                return Wrapped.lines(line.text, width: width).map { [StyledText($0)] }
            }
            return rows(line.head, .accent, heads + 2, line.text, .text, width: width)
        }
    }

    /// A name, and beside it a text of as many lines as it takes.
    private static func rows(
        _ name: String, _ nameStyle: Style, _ indent: Int, _ text: String, _ textStyle: Style,
        width: Int
    ) -> [[StyledText]] {
        Wrapped.lines(text, width: max(20, width - indent)).enumerated().map { index, line in
            let head = index == 0 ? name : ""
            let blanks = String(repeating: " ", count: max(1, indent - head.count))
            return [StyledText(head + blanks, nameStyle), StyledText(line, textStyle)]
        }
    }

    private static func entry(
        _ name: String, _ text: String, isSelected: Bool, width: Int
    ) -> [[StyledText]] {
        rows(
            (isSelected ? "> " : "  ") + name, isSelected ? Style.accent.reversed : .accent, 11,
            text, isSelected ? Style.text.reversed : .text, width: width)
    }

    private static func drawNamespaces(
        _ state: State, _ selected: Int, into surface: inout Surface, in area: Rect, width: Int
    ) {
        guard let list = state.namespaces else {
            Card(title: "Network namespaces", rows: [[StyledText("searching ...", .faint)]])
                .draw(into: &surface, in: area)
            return
        }
        var entries = list.namespaces.enumerated().map { index, namespace in
            let name = NetworkNotes.name(of: namespace, state)
            let who = namespace.process.flatMap { state.shown?.process($0)?.command }
            let count = processes(in: namespace, isAll: list.deniedProcesses == 0)
            let text = count + (who.map { ": \($0)" } ?? "")
            // A line each: there may be many, with long commands.
            return [
                [
                    StyledText(
                        padded((index == selected ? "> " : "  ") + name, to: 28),
                        index == selected ? Style.accent.reversed : .accent),
                    StyledText(
                        String(text.prefix(max(0, width - 28))),
                        index == selected ? Style.text.reversed : .text),
                ]
            ]
        }
        if list.deniedProcesses > 0 {
            let count =
                list.deniedProcesses == 1 ? "1 process" : "\(list.deniedProcesses) processes"
            let help = state.settings.isRoot ? "" : "; run as root"
            let text = "namespace of \(count) unknown: no permission" + help
            entries.append(Wrapped.lines(text, width: width).map { [StyledText($0, .faint)] })
        }
        drawMenu("Network namespaces", entries, selected, into: &surface, in: area)
    }

    /// Those that are not told may be in any of them.
    private static func processes(in namespace: NetworkNamespace, isAll: Bool) -> String {
        switch (namespace.processCount, isAll) {
        case (1, true): "1 process"
        case (let count, true): "\(count) processes"
        case (0, false): "- processes"
        case (let count, false): "\(count)+ processes"
        }
    }

    private static func padded(_ text: String, to columns: Int) -> String {
        text + String(repeating: " ", count: max(1, columns - text.count))
    }

    /// A card of entries of one or more rows, scrolled so that the selected one is in sight.
    private static func drawMenu(
        _ title: String, _ entries: [[[StyledText]]], _ selected: Int,
        into surface: inout Surface, in area: Rect
    ) {
        let card = Card(title: title, rows: entries.flatMap(\.self))
        let above = entries.prefix(selected).reduce(0) { $0 + $1.count }
        let own = selected < entries.count ? entries[selected].count : 0
        let middle = above + own / 2 - card.visibleRows(in: area) / 2
        card.draw(into: &surface, in: area, from: max(0, min(above, middle)))
    }

    private static func entry(
        _ probe: ProbeChoice, isSelected: Bool, width: Int
    ) -> [[StyledText]] {
        let key = probe.key.map(String.init) ?? " "
        return [
            [
                StyledText(
                    (isSelected ? "> " : "  ") + key, isSelected ? Style.accent.reversed : .accent),
                StyledText("  " + probe.title, isSelected ? Style.text.reversed : .text),
            ]
        ] + Wrapped.lines(probe.effect, width: width - 5).map { [StyledText("     " + $0, .faint)] }
    }

    private static func entry(
        _ tool: Tool, _ subject: ToolSubject, isSelected: Bool, width: Int
    ) -> [[StyledText]] {
        let key = tool.key.map(String.init) ?? " "
        var rows: [[StyledText]] = [
            [
                StyledText(
                    (isSelected ? "> " : "  ") + key, isSelected ? Style.accent.reversed : .accent),
                StyledText("  " + tool.title, isSelected ? Style.text.reversed : .text),
            ]
        ]
        func add(_ text: String) {
            rows += Wrapped.lines(text, width: width - 5).map { [StyledText("     " + $0, .faint)] }
        }
        for line in tool.command(for: subject.target).shellLines { add(line) }
        let (mark, cost) = EffectText.parts(tool.effect)
        let limit = "     \(tool.seconds) s, "
        if limit.count + mark.text.count + 2 + cost.count <= width {
            rows.append([StyledText(limit, .faint), mark, StyledText(": " + cost, .faint)])
        } else {
            rows.append([StyledText(limit, .faint), mark, StyledText(":", .faint)])
            add(cost)
        }
        return rows
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
        case .nothing(let cost): (StyledText("no measurable overhead", .good), cost)
        case .slows(let cost): (StyledText("! overhead", .warning), cost)
        case .stops(let cost): (StyledText("!! stops it", .critical), cost)
        }
    }
}

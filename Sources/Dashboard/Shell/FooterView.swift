import Screen

/// The bottom line: what is being typed, else a message, else the most useful keys.
enum FooterView {
    static func draw(_ state: State, into surface: inout Surface, in rect: Rect) {
        if let prompt = state.dialogue.prompt {
            // On a screen too small for a bottom line one still sees what one types.
            let last = Rect(
                column: 0, row: max(0, state.size.rows - 1), columns: state.size.columns,
                rows: min(1, state.size.rows))
            draw(prompt, into: &surface, in: rect.isEmpty ? last : rect)
            return
        }
        guard !rect.isEmpty else { return }
        if let notice = state.dialogue.notice {
            draw(notice, into: &surface, in: rect)
            return
        }
        var used = 0
        // Help is there on any screen, whatever else there is room for.
        let help = "? help"
        for hint in hints(state) where hint != help {
            guard used + hint.count + 2 + help.count <= rect.columns else { break }
            used += put(hint, into: &surface, at: used, in: rect)
        }
        put(help, into: &surface, at: used, in: rect)
    }

    @discardableResult
    private static func put(
        _ hint: String, into surface: inout Surface, at column: Int, in rect: Rect
    ) -> Int {
        let (key, action) = split(hint)
        let point = Point(column: rect.column + column, row: rect.row)
        return surface.put([StyledText(key, .accent), StyledText(action, .faint)], at: point) + 2
    }

    /// Over the rows above, if it is longer than one.
    private static func draw(_ notice: Notice, into surface: inout Surface, in rect: Rect) {
        let mark = notice.isFailure ? "! " : ""
        let lines = Wrapped.lines(mark + notice.text, width: rect.columns)
            .suffix(max(1, surface.size.rows / 2))
        for (index, line) in lines.enumerated() {
            let row = Rect(
                column: rect.column, row: rect.row + 1 - lines.count + index,
                columns: rect.columns, rows: 1)
            surface.fill(row)
            surface.put(line, at: row.origin, style: notice.isFailure ? .warning : .text)
        }
    }

    private static func draw(_ prompt: Prompt, into surface: inout Surface, in rect: Rect) {
        surface.fill(rect)
        let label: String =
            switch prompt.purpose {
            case .filter: "filter: "
            case .interval: "refresh every (seconds): "
            case .command: ":"
            case .routeTo: "route to (address): "
            case .search: "search: "
            case .save: "save as: "
            case .mute: "Reason for muting: "
            }
        let used = surface.put(label, at: rect.origin, style: .accent)
        prompt.field.draw(
            into: &surface,
            in: Rect(
                column: rect.column + used, row: rect.row, columns: rect.columns - used, rows: 1))
    }

    /// The keymap's hints, and what matters more right now.
    private static func hints(_ state: State) -> [String] {
        let hints = state.place.view.hints(
            Keymap.bindings(for: state.place).compactMap(\.hint), state)
        return (state.isLive ? [] : ["Space live"]) + hints
    }

    private static func split(_ hint: String) -> (key: String, action: String) {
        guard let blank = hint.firstIndex(of: " ") else { return (hint, "") }
        return (String(hint[..<blank]), String(hint[blank...]))
    }
}

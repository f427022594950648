import History
import Probes
import ProcFormats
import Samples
import Screen
import Units

/// The first line of every view: the way here on the left; time, and what dxtop costs, on the
/// right.
enum HeaderView {
    static func draw(_ state: State, into surface: inout Surface, in rect: Rect) {
        guard !rect.isEmpty else { return }
        let status = status(state, isNarrow: rect.columns < 60)
        let room = max(0, rect.columns - status.width - 1)
        surface.put(
            fitted(breadcrumb(state), in: room, surface.glyphs), at: rect.origin, within: room)
        guard rect.columns >= status.width else { return }
        surface.put(
            status.pieces,
            at: Point(column: rect.column + rect.columns - status.width, row: rect.row))
    }

    /// Where there is no room for all of the way here, its end is what matters.
    private static func fitted(
        _ pieces: [StyledText], in room: Int, _ glyphs: Glyphs
    ) -> [StyledText] {
        var rest = pieces[...]
        func width() -> Int {
            rest.reduce(0) { $0 + VisibleText.width($1.text, unicode: glyphs.isUnicode) }
        }
        guard width() > room, pieces.count > 2 else { return pieces }
        // A crumb and the mark before the next one at a time.
        while rest.count > 1, width() + 1 > room { rest = rest.dropFirst(2) }
        return [StyledText(String(glyphs.ellipsis), .faint)] + rest
    }

    private static func breadcrumb(_ state: State) -> [StyledText] {
        guard let snapshot = state.shown else { return [StyledText("dxtop", .heading)] }
        var pieces = [StyledText(snapshot.host.name, .heading)]
        for level in state.navigation.path.dropFirst() {
            pieces.append(StyledText(" > ", .faint))
            pieces.append(StyledText(level.view.crumb(level, state), .heading))
        }
        guard state.navigation.path.count == 1 else { return pieces }
        let host = snapshot.host
        var facts = "  \(host.cpuCount.map { String($0) } ?? "-") CPU"
        if let total = host.memory?.total { facts += "  \(total.text)" }
        if let load = host.load?.oneMinute { facts += "  load \(load.hundredths)" }
        pieces.append(StyledText(facts + "  \(state.settings.userName)"))
        return pieces
    }

    private static func status(
        _ state: State, isNarrow: Bool
    ) -> (pieces: [StyledText], width: Int) {
        var pieces: [StyledText] = []
        if !state.isLive, let shown = state.shown, let live = state.live {
            let ago =
                state.history.time(from: shown.sequence, to: live.sequence)
                ?? .seconds(max(0, live.time.seconds - shown.time.seconds))
            pieces.append(
                StyledText("FROZEN -\(Duration.seconds(ago.seconds.rounded()).text)", .warning))
        } else if let passed = state.live?.interval, state.live?.ownCost.isHeldBack == true {
            let tenths = Duration.milliseconds(Int64((passed / .milliseconds(100)).rounded()) * 100)
            pieces.append(StyledText("LIVE \(tenths.intervalText) budget", .warning))
        } else if !state.settings.traits.isLive {
            pieces.append(StyledText("TREE \(state.interval.intervalText)", .text))
        } else {
            pieces.append(StyledText("LIVE \(state.interval.intervalText)", .good))
        }
        if let cost = state.live?.ownCost {
            // Whole mebibytes: what changes with every refresh costs bytes on every line.
            let memory = cost.residentMemory.map { "\(($0.rawValue + (1 << 19)) >> 20)M" } ?? "-"
            pieces.append(StyledText("  self \(cost.cpu.text)% \(memory)", .faint))
        }
        if !isNarrow, let time = state.shown?.time {
            let clock = time.clock(secondsFromUTC: state.settings.secondsFromUTC)
            pieces.append(StyledText("  \(clock)"))
        }
        return (pieces, pieces.reduce(0) { $0 + $1.text.utf8.count })
    }
}

import Diagnosis
import Fields
import ProcSampling
import Screen
import Units

/// View 5: UDP sockets by what they lose, where on the way it is lost, and the grounds of what is
/// said of the selected one.
enum UDPView {
    static func draw(_ state: State, into surface: inout Surface, _ layout: Layout) {
        guard let snapshot = state.shown else {
            surface.put("reading /proc ...", at: layout.summary.origin, style: .faint)
            return
        }
        ListView.drawRule(title(state), state, snapshot, into: &surface, in: layout.summary)
        ListView.draw(state, snapshot, into: &surface, layout)
        var grounds = layout.grounds
        guard grounds.rows > 0 else { return }
        drawChain(state, into: &surface, in: grounds.takeTop(1))
        for line in lines(state, width: grounds.columns - 1).prefix(grounds.rows) {
            let row = grounds.takeTop(1)
            surface.put(
                line, at: Point(column: row.column + 1, row: row.row), within: row.columns - 1)
        }
    }

    /// The counters of the whole namespace.
    static func title(_ state: State) -> String {
        var title = "UDP \(NetworkNotes.namespace(state))"
        guard let counters = state.shownNetwork?.counters else { return title }
        let facts: [(String, Counted?, String)] = [
            ("in", counters.sum(.udpReceived, .udp6Received), "/s"),
            ("RcvbufErr", counters.sum(.udpBufferErrors, .udp6BufferErrors), "/s"),
            ("MemErr", counters.sum(.udpMemoryErrors, .udp6MemoryErrors), ""),
            ("Csum", counters.sum(.udpChecksumErrors, .udp6ChecksumErrors), ""),
        ]
        for (name, counted, unit) in facts { title += "  \(name) \((counted?.rate).text)\(unit)" }
        return title
    }

    // MARK: The chain

    private static func drawChain(_ state: State, into surface: inout Surface, in rect: Rect) {
        surface.fill(rect, surface.glyphs.rule, style: .faint)
        surface.put(
            chain(state), at: Point(column: rect.column + 1, row: rect.row),
            within: rect.columns - 1)
    }

    /// " WHERE LOST  nic 0 > softnet 0 > ... > SOCKET 9148 ": since dxtop began to look.
    static func chain(_ state: State) -> [StyledText] {
        var pieces = [StyledText(" WHERE LOST ", .heading)]
        guard let chain = state.lossChain else { return pieces }
        for (index, stage) in chain.stages.enumerated() {
            if index > 0 { pieces.append(StyledText(" > ", .faint)) }
            let loses = stage.mark.map { $0 > .ok } ?? false
            let name = loses ? stage.id.name.uppercased() : stage.id.name
            let lost = stage.lost.map { FieldValue.total($0.sinceStart).text() } ?? "-"
            let style: Style =
                switch stage.mark {
                case .critical: .critical
                case .warning: .warning
                case .ok, nil: stage.lost?.sinceStart ?? 0 > 0 ? .text : .faint
                }
            pieces.append(StyledText("\(name) \(lost)", style))
        }
        return pieces + [" "]
    }

    // MARK: The selected socket

    private static func lines(_ state: State, width: Int) -> [[StyledText]] {
        guard state.shownNetwork != nil else { return NetworkNotes.lines(state) }
        guard let socket = state.selectedSocket, let figures = state.socketFigures else {
            return NetworkNotes.lines(state)
        }
        let notes = NetworkNotes.lines(state)
        return SocketGrounds(socket, figures, width: width).lines + notes
    }
}

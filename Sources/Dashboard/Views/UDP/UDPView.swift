import Fields
import Diagnosis
import Samples
import Screen
import Units

extension Place {
    package static let udp = Place(UDPView())
}

/// View 5: UDP sockets by drops, the drops by stage, and the grounds of what is
/// said of the selected one.
struct UDPView: View {
    static let root = RootView(
        key: "5", name: "udp", title: "UDP", place: .udp,
        placeOfProcess: { .sockets(of: .process($0)) })

    func crumb(_ level: Level, _ state: State) -> String { "UDP" }

    var about: [String] {
        [
            "UDP sockets by drops, and at which stage they drop. Samples of the queue (b, or",
            "automatically once it drops) tell a reader that has stopped from one that is slow,",
            "pauses, or has too small a buffer.",
        ]
    }

    var bindings: [Binding] {
        [
            Binding(
                [.enter], .open, ("Enter", "the selected socket: queue, reader, proof"),
                hint: "Enter proof")
        ] + Keymap.burst + [
            Binding(
                [.character("w")], .losses,
                ("w", "drops by stage: by interface, CPU and counter, and what to do"),
                hint: "w drops")
        ] + Keymap.ownerThreads + Keymap.ownerStacks + Keymap.list + Keymap.network
    }

    var columns: [Column] { Column.udpColumns }
    var firstSort: FieldID { .dropRate }
    var isOfNetwork: Bool { true }
    var isKept: Bool { true }

    func fitted(
        _ column: Table<FieldID>.Column, _ state: State
    ) -> Table<FieldID>.Column {
        var column = state.fittedToWidth(column, whole: [.local])
        // Who drops is what one looks for: a name has at most 15 characters.
        if state.size.columns >= 120, column.id == SocketFields.declared.process.id {
            column.width = .flexible(minimum: 15)
        }
        return column
    }

    func prepare(_ state: inout State) { state.prepareSockets(of: nil, isOfUDP: true) }
    func rows(_ arrangement: Arrangement) -> [Row] { arrangement.network?.sockets ?? [] }

    /// Whatever loses comes first, until a person looks at something else.
    func settle(_ state: inout State) {
        if !state.list.isByHand { state.list.selected = state.list.rows.first?.id }
    }

    func emptiness(_ state: State) -> String? {
        NetworkNotes.emptiness(state, of: .udp)
    }

    func kept(_ snapshot: Snapshot, of totals: Snapshot.Totals) -> KeptRows? {
        .sockets(.udp, snapshot, of: totals)
    }

    func groundsHeight(rows: Int) -> Int { rows >= 30 ? 10 : rows >= 16 ? 8 : rows >= 10 ? 2 : 0 }

    func wish(_ interest: inout Interest, _ state: State) {
        interest.network.tables = .udp
        interest.network.follows = state.socketsOnScreen
    }

    func shellCommands(_ state: State) -> [ShellCommand] { Self.shellCommands(state) }

    static func shellCommands(_ state: State) -> [ShellCommand] {
        [
            ShellCommand(
                state.enter + "ss -uanmpe", shows: "UDP sockets: queue (r), buffer (rb), drops (d)"),
            ShellCommand(
                state.enter + "nstat -asz 'Udp*' 'Ip*Reasm*'",
                shows: "counters of UDP and of reassembly"),
            ShellCommand(
                "cat /proc/net/softnet_stat",
                shows: "a row for each CPU: processed, dropped, time_squeeze, in hexadecimal"),
            ShellCommand(state.enter + "ip -s -s link", shows: "losses of interfaces"),
            .watch("udp" + state.inNamespace),
        ]
    }

    func textSummary(_ state: State) -> [[StyledText]] {
        [[StyledText(Self.title(state))], Self.chain(state)]
    }

    /// How the sockets that lose are read, and on what grounds.
    func textRemarks(_ state: State, width: Int) -> [String] {
        guard let figures = state.socketFigures else { return [] }
        return figures.reading.sockets.sockets.flatMap { socket -> [String] in
            guard let verdict = figures.verdict(of: socket), verdict.kind != .ok else { return [] }
            let head = figures.text(SocketFields.declared.local, of: socket)
            let lines = SocketGrounds(socket, figures, width: max(40, width - 2)).lines
            return ["", head] + lines.map { "  " + $0.map(\.text).joined() }
        }
    }

    func perform(_ command: Command, _ state: inout State) -> [Effect]? {
        guard command == .losses else { return state.performOnNetwork(command) }
        state.navigation.open(.losses)
        return []
    }

    func draw(_ state: State, into surface: inout Surface, _ layout: Layout) {
        guard let snapshot = state.shown else {
            surface.put("reading /proc ...", at: layout.summary.origin, style: .faint)
            return
        }
        ListView.drawRule(Self.title(state), state, snapshot, into: &surface, in: layout.summary)
        ListView.draw(state, snapshot, into: &surface, layout)
        var grounds = layout.grounds
        guard grounds.rows > 0 else { return }
        Self.drawChain(state, into: &surface, in: grounds.takeTop(1))
        for line in Self.lines(state, width: grounds.columns - 1).prefix(grounds.rows) {
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

    /// " DROPS  nic 0 > softnet 0 > ... > SOCKET 9148 ": since dxtop began to sample.
    static func chain(_ state: State) -> [StyledText] {
        var pieces = [StyledText(" DROPS ", .heading)]
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
        guard let socket = state.selectedSocket, let figures = state.socketFigures else {
            return NetworkNotes.lines(state, of: .udp)
        }
        let unread = NetworkNotes.unread(state, of: .udp)
        let grounds = SocketGrounds(socket, figures, width: width, in: state).lines
        return unread + grounds + NetworkNotes.source(state)
    }
}

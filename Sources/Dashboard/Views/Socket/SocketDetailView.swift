import History
import Diagnosis
import Fields
import Samples
import Screen
import Units

/// One socket in depth: both ends, who holds it, what the kernel tells of it, how it went since it
/// was shown, and of UDP how it is read.
struct SocketDetailView {
    private let state: State
    private let id: SocketID
    private let socket: SocketSample?
    private let figures: SocketFigures?

    init(_ state: State, _ id: SocketID) {
        self.state = state
        self.id = id
        socket = state.socket(id)
        figures = state.socketFigures
    }

    func draw(into surface: inout Surface, in rect: Rect) {
        var rest = rect
        guard let socket, let figures else {
            surface.put(absence, at: rest.takeTop(1).origin, style: .warning)
            _ = rest.takeTop(1)
            drawHistory(nil, into: &surface, in: rest)
            return
        }
        for fact in facts(socket, figures) {
            guard rest.rows > 0 else { return surface.markMore(in: rect) }
            let line = rest.takeTop(1)
            surface.put(fact.label, at: line.origin, style: .heading)
            surface.put(
                fact.pieces, at: Point(column: line.column + Self.indent, row: line.row),
                within: line.columns - Self.indent)
        }
        guard rest.rows > 1 else { return surface.markMore(in: rect) }
        if socket.transport == .udp { drawReader(socket, figures, into: &surface, in: &rest) }
        if rest.rows > 6 { _ = rest.takeTop(1) }
        drawHistory(socket, into: &surface, in: rest)
    }

    private static let indent = 8

    private var absence: String {
        if !state.isLive {
            return "It was not there or not read at this moment; Space goes on live."
        }
        guard let reading = state.shownNetwork, reading.namespace.id == id.namespace,
            !reading.sockets.isTorn, !reading.sockets.tables.isEmpty
        else { return "reading sockets ..." }
        if reading.failure != nil { return "This namespace cannot be read any more." }
        return "This socket is closed. What was recorded of it is below; Esc goes back."
    }

    // MARK: Facts

    private struct Fact {
        let label: String
        let pieces: [StyledText]

        init(_ label: String, _ text: String, _ style: Style = .text) {
            self.label = label
            pieces = [StyledText(text, style)]
        }

        init(_ label: String, _ pieces: [StyledText]) {
            self.label = label
            self.pieces = pieces
        }
    }

    private func facts(_ socket: SocketSample, _ figures: SocketFigures) -> [Fact] {
        var facts = [
            Fact(
                "SOCKET",
                [
                    StyledText(socket.transport.name + " ", .heading),
                    StyledText(socket.stateName, socket.state == .closeWait ? .warning : .text),
                    StyledText(
                        "  for \(figures.text(SocketFields.declared.age, of: socket))  inode \(socket.inode)"
                            + "  owner (uid) \(figures.text(SocketFields.declared.user, of: socket))"
                    ),
                ]),
            Fact("LOCAL", figures.text(SocketFields.declared.local, of: socket)),
            Fact("PEER", peer(socket, figures)),
            Fact("OWNER", owner(socket, figures)),
            queues(socket, figures),
        ]
        if let tcp = socket.tcp, socket.state != .listen { facts += connection(tcp) }
        return facts
    }

    private func peer(_ socket: SocketSample, _ figures: SocketFigures) -> String {
        let text = figures.text(SocketFields.declared.peer, of: socket)
        guard let route = figures.reading.routes?.chosen, route.peer == state.selectedPeer else {
            return text
        }
        switch route.result {
        case .success(let way):
            let mtu = route.mtu.map { "  mtu \($0)" } ?? ""
            return "\(text)   \(way.wayText)\(mtu)"
        case .failure: return "\(text)   no route leads there"
        }
    }

    private func owner(_ socket: SocketSample, _ figures: SocketFigures) -> String {
        guard let owner = socket.owner else {
            return socket.inode == 0 ? "the kernel: no process holds it any more" : "- not known"
        }
        var text = "\(figures.name(of: socket) ?? "process") \(owner.process.pid)"
        text += " fd \(owner.descriptor)"
        switch socket.otherOwners {
        case 0: break
        case 1: text += "; another process holds it, too"
        default: text += "; \(socket.otherOwners) others hold it, too"
        }
        return text
    }

    private func queues(_ socket: SocketSample, _ figures: SocketFigures) -> Fact {
        if socket.state == .listen {
            return Fact(
                "ACCEPT",
                "\(figures.text(SocketFields.declared.receiveQueue, of: socket)) connections wait, backlog \(figures.text(SocketFields.declared.sendQueue, of: socket))"
            )
        }
        var pieces = [
            StyledText(
                "receive \(bytes(socket.receiveQueue)) of \(socket.receiveBuffer.text)"
                    + "   send \(bytes(socket.sendQueue)) of \(socket.sendBuffer.text)")
        ]
        if let drops = socket.drops, socket.transport != .tcp || drops.total > 0 {
            let loses = drops.rate.map { $0 > .zero } ?? false
            pieces.append(
                StyledText(
                    "   drops \(drops.total), \(drops.rate.text)/s", loses ? .critical : .text))
        }
        return Fact("QUEUES", pieces)
    }

    private func bytes(_ value: UInt64?) -> String { value.map { ByteCount($0).text } ?? "-" }

    private func connection(_ tcp: TCPFigures) -> [Fact] {
        func time(_ microseconds: UInt32?) -> String {
            microseconds.map { Duration.microseconds(Int64($0)).latencyText } ?? "-"
        }
        func ago(_ milliseconds: UInt32?) -> String {
            milliseconds.map {
                $0 < 1000 ? "\($0)ms" : Duration.milliseconds(Int64($0)).shortText
            }
                ?? "-"
        }
        func number(_ value: UInt32?) -> String { value.map { "\($0)" } ?? "-" }
        var facts = [
            Fact(
                "TCP",
                "rtt \(time(tcp.roundTripMicroseconds)) +-\(time(tcp.roundTripVariationMicroseconds))"
                    + "  cwnd \(number(tcp.congestionWindow))  unacked \(number(tcp.unacknowledged))"
                    + "  retransmits \(tcp.retransmits.map { "\($0.total)" } ?? "-")"
                    + " (\((tcp.retransmits?.rate).text)/s)  pmtu \(number(tcp.pathMTU))"),
            Fact(
                "DATA",
                "last sent \(ago(tcp.lastSentMilliseconds)) ago, received \(ago(tcp.lastReceivedMilliseconds)) ago"
                    + "   in \(bytes(tcp.bytesReceived))  acked \(bytes(tcp.bytesAcknowledged))"),
        ]
        if let limited = tcp.receiveWindowLimitedMicroseconds, limited > 0 {
            let seconds = (Double(limited) / 1e5).rounded() / 10
            facts.append(
                Fact(
                    "LIMITED", "\(seconds) s it could not send: the peer's receive window was full")
            )
        }
        return facts
    }

    // MARK: UDP

    private func drawReader(
        _ socket: SocketSample, _ figures: SocketFigures, into surface: inout Surface,
        in rest: inout Rect
    ) {
        surface.put("READER", at: Point(column: rest.column, row: rest.row), style: .heading)
        let lines = SocketGrounds(
            socket, figures, width: rest.columns - Self.indent, in: state
        ).lines
        let shown = min(lines.count, rest.rows, max(1, rest.rows - 5))
        for (index, line) in lines.prefix(shown).enumerated() {
            let row = rest.takeTop(1)
            surface.put(
                line, at: Point(column: row.column + Self.indent, row: row.row),
                within: row.columns - Self.indent)
            if index == shown - 1, shown < lines.count { surface.markMore(in: row) }
        }
        guard let burst = figures.reading.bursts[id], !burst.queue.isEmpty, rest.rows >= 7 else {
            return
        }
        let share = rest.rows >= 14 ? rest.rows / 2 : rest.rows - 4
        drawBurst(burst, into: &surface, in: rest.takeTop(share))
    }

    private func drawBurst(_ burst: QueueBurst, into surface: inout Surface, in rect: Rect) {
        var area = rect
        let taken = (burst.charged.isEmpty ? burst.queue : burst.charged).map { Double($0) }
        let seconds = (burst.duration.seconds * 10).rounded() / 10
        surface.put(
            "QUEUE, sampled every 10 ms", at: area.takeTop(1).origin, style: .heading)
        Chart(
            taken,
            scale: .fromZero(maximum: max(Double(burst.buffer.rawValue), taken.max() ?? 0)),
            span: "\(seconds) s, buffer \(burst.buffer.text)",
            label: { ByteCount(clamping: $0).text }
        ).draw(into: &surface, in: area)
    }

    // MARK: History

    private func drawHistory(
        _ socket: SocketSample?, into surface: inout Surface, in rect: Rect
    ) {
        var rest = rect
        let history = state.chronicle.sockets
        let moment = state.shown?.moment
        var curves: [(String, SocketHistory.Figure, String)] = [
            ("RXQ", .receiveQueue, "B"), ("TXQ", .sendQueue, "B"),
        ]
        if socket?.transport != .tcp { curves.append(("DROPS", .drops, "")) }
        if socket?.transport == .tcp || socket == nil {
            curves += [("RETR", .retransmits, ""), ("RTT", .roundTrip, "ms")]
        }
        let span = history.span(of: id, until: moment)
        guard rest.rows > 0, span > .zero else { return }
        surface.put(
            "last \(span.text), highest", at: rest.takeTop(1).origin, style: .heading)
        for (label, figure, unit) in curves {
            let values = history.curve(of: id, figure, until: moment)
            guard let highest = values.compactMap(\.self).max() else { continue }
            guard rest.rows > 0 else { return surface.markMore(in: rect) }
            let line = rest.takeTop(1)
            surface.put(label, at: line.origin, style: .heading)
            let top =
                unit == "B"
                ? ByteCount(clamping: highest).text
                : unit == "ms" ? Duration.microseconds(highest).latencyText : Rate(highest).text
            surface.put(top, at: Point(column: line.column + Self.indent, row: line.row))
            Sparkline(values, maximum: max(highest, 1)).draw(
                into: &surface,
                in: Rect(
                    column: line.column + Self.indent + 7, row: line.row,
                    columns: min(values.count, line.columns - Self.indent - 7), rows: 1))
        }
    }
}

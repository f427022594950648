import Diagnosis
import ProcSampling
import Screen
import Units

/// What stands in the cells of lists of networks, and how it looks.
struct NetworkCells {
    private let rows: NetworkRows

    init(_ rows: NetworkRows) { self.rows = rows }

    func content(of column: ColumnID, _ row: Row) -> Table<ColumnID>.Content {
        guard case .socket = row.id else { return other(column, row) }
        guard let figures = rows.figures,
            figures.reading.sockets.sockets.indices.contains(row.index)
        else { return .text("") }
        let socket = figures.reading.sockets.sockets[row.index]
        let text = figures.text(column, of: socket)
        switch column {
        case .dropRate:
            let loses = socket.drops?.rate.map { $0 > .zero } ?? false
            return .text(StyledText(text + (loses ? "!" : " "), loses ? .critical : quiet(text)))
        case .reader: return .text(StyledText(text, reader(figures.verdict(of: socket)?.kind)))
        case .socketState:
            return .text(
                StyledText(
                    text,
                    socket.state == .closeWait
                        ? .warning : socket.state == .timeWait ? .faint : .text))
        case .receiveQueue where socket.state == .listen:
            return .text(StyledText(text, socket.isAcceptQueueFull ? .critical : quiet(text)))
        case .receiveQueue where socket.transport == .udp:
            return .text(StyledText(text, socket.isQueueFull ? .warning : quiet(text)))
        case .full:
            let share = figures.verdict(of: socket)?.full
            return .text(
                StyledText(
                    text, share.map { $0 >= Percent(90.0) } == true ? .critical : quiet(text)))
        default: return .text(StyledText(text, quiet(text)))
        }
    }

    private func reader(_ kind: ReaderVerdict.Kind?) -> Style {
        switch kind {
        case .ok: .good
        case .stalled: .critical
        case .slow, .pauses, .bufferTooSmall: .warning
        case nil: .faint
        }
    }

    /// Zeros and what is not known may be overlooked.
    private func quiet(_ text: String) -> Style {
        ["-", "0", "0B", "0.0"].contains(text) ? .faint : .text
    }

    private func other(_ column: ColumnID, _ row: Row) -> Table<ColumnID>.Content {
        let text = rows.text(column, of: row)
        switch (row.id, column) {
        case (.part, .stage): return .pieces(["  ", StyledText(text)])
        case (.stage(let id), .stage):
            let mark = rows.chain?.stages.first { $0.id == id }?.mark
            let style: Style =
                switch mark {
                case .critical: .critical
                case .warning: .warning
                case .ok, nil: .heading
                }
            return .text(StyledText(text, style))
        case (.stage, .dropRate), (.part, .dropRate):
            let loses = !["-", "0"].contains(text)
            return .text(StyledText(text + (loses ? "!" : " "), loses ? .critical : .faint))
        case (.socketGroup, .closeWait):
            return .text(StyledText(text, .warning))
        default: return .text(StyledText(text, quiet(text)))
        }
    }
}

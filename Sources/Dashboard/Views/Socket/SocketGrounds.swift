import Diagnosis
import Samples
import Screen
import Units

/// What is said of how a UDP socket is read, and on what grounds.
struct SocketGrounds {
    let lines: [[StyledText]]

    init(_ socket: SocketSample, _ figures: SocketFigures, width: Int, in state: State? = nil) {
        let burst = figures.reading.bursts[socket.id]
        guard let verdict = figures.verdict(of: socket) else {
            lines = [Self.absence(socket, burst)]
            return
        }
        var lines = Self.claim(verdict, width: width)
        for proof in verdict.proof {
            lines += Wrapped.lines(proof, width: width - 1).map { [StyledText(" " + $0)] }
        }
        let next = state?.nextSteps(verdict.next) ?? verdict.advice
        if !next.isEmpty {
            lines += Wrapped.lines(next, width: width - 6).enumerated().map {
                [StyledText($0 == 0 ? "next  " : "      ", .heading), StyledText($1)]
            }
        }
        if let capacity = verdict.capacity?.text {
            lines += Wrapped.lines(capacity, width: width - 1).map { [StyledText(" " + $0)] }
        }
        if let burst { lines.append([StyledText(Self.cost(burst), .faint)]) }
        self.lines = lines
    }

    private static func claim(_ verdict: ReaderVerdict, width: Int) -> [[StyledText]] {
        let (mark, style): (String, Style) =
            switch verdict.kind {
            case .ok: ("ok", .good)
            case .stalled: ("!!", .critical)
            case .slow, .pauses, .bufferTooSmall: ("! ", .warning)
            }
        let head = "\(mark) \(verdict.confidence.text) "
        let indent = String(repeating: " ", count: head.count)
        return Wrapped.lines(verdict.claim, width: width - head.count).enumerated().map {
            [StyledText($0 == 0 ? head : indent, style), StyledText($1, Style(.text, .bold))]
        }
    }

    private static func absence(_ socket: SocketSample, _ burst: QueueBurst?) -> [StyledText] {
        if let burst, !burst.isComplete {
            return [StyledText("sampling its queue every 10 ms: \(burst.queue.count) samples ...")]
        }
        if let drops = socket.drops, drops.sinceStart > 0 {
            return [
                StyledText(
                    "it dropped \(drops.sinceStart) since dxtop started; b samples its queue")
            ]
        }
        return [
            StyledText("no drops since dxtop started; ", .faint), StyledText("b", .accent),
            StyledText(" samples its queue", .faint),
        ]
    }

    /// How it was found out, and at what cost.
    private static func cost(_ burst: QueueBurst) -> String {
        let seconds = (burst.duration.seconds * 10).rounded() / 10
        let state = burst.isComplete ? "" : " so far"
        return
            "\(burst.queue.count) samples in \(seconds) s\(state), at \(burst.cost.text)% of a CPU"
    }
}

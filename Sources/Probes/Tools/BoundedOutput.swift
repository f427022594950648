import Synchronization

/// Passes on what a step prints, in few and large pieces: a thread that makes ten thousand system
/// calls a second must not fill dxtop's memory, nor its time with output that nobody can follow.
///
/// What comes faster than it is passed on waits. Where too much would wait, the oldest goes and is
/// counted: of a flood the end is what matters, and all of the end is there.
final class BoundedOutput: Sendable {
    /// From one piece to the next, at least.
    static let pause = Duration.milliseconds(50)
    /// In bytes: 5 MB a second, more than strace was seen to print.
    static let largestPiece = 256 << 10
    /// In bytes.
    static let mostWaiting = 2 << 20

    private struct State {
        var excerpt = Excerpt()
        var waiting: [UInt8] = []
        /// Bytes that went since the last piece.
        var leftOut = 0
        var lastPiece: ContinuousClock.Instant?
        var endsInLine = false
        var isTimerSet = false
        var isClosed = false
    }

    private let report: @Sendable (ToolEvent) -> Void
    private let state = Mutex(State())

    /// - Parameter report: gets the pieces, one at a time, from any thread.
    init(report: @escaping @Sendable (ToolEvent) -> Void) { self.report = report }

    /// The beginning and the end of all that was printed.
    var excerpt: Excerpt { state.withLock(\.excerpt) }

    func take(_ bytes: [UInt8]) {
        state.withLock { state in
            state.excerpt.append(bytes)
            state.waiting += bytes
            if state.waiting.count > Self.mostWaiting { Self.makeRoom(&state) }
            guard !state.isTimerSet else { return }
            if let last = state.lastPiece, .now - last < Self.pause {
                setTimer(&state)
            } else {
                pass(&state)
            }
        }
    }

    /// Passes on all that waits.
    func close() {
        state.withLock { state in
            state.isClosed = true
            while !state.waiting.isEmpty { pass(&state) }
        }
    }

    /// A quarter goes at once, which is cheaper than a little each time, and as whole lines.
    private static func makeRoom(_ state: inout State) {
        var count = state.waiting.count - mostWaiting / 4 * 3
        let rest = state.waiting[count...]
        if let lineFeed = rest.firstIndex(of: UInt8(ascii: "\n")) { count = lineFeed + 1 }
        state.waiting.removeFirst(count)
        state.leftOut += count
    }

    private func pass(_ state: inout State) {
        var piece: [UInt8] = []
        if state.leftOut > 0 {
            if state.endsInLine { piece.append(UInt8(ascii: "\n")) }
            piece += "[\(state.leftOut) bytes omitted: they came too fast]\n".utf8
            state.leftOut = 0
        }
        var part = state.waiting.prefix(Self.largestPiece)
        // What is left may go before its turn comes: not half a line of it.
        if part.count < state.waiting.count,
            let lineFeed = part.lastIndex(of: UInt8(ascii: "\n"))
        {
            part = part[...lineFeed]
        }
        state.endsInLine = part.last.map { $0 != UInt8(ascii: "\n") } ?? false
        piece += part
        state.waiting.removeFirst(part.count)
        state.lastPiece = .now
        report(.output(piece))
        if !state.waiting.isEmpty, !state.isClosed { setTimer(&state) }
    }

    private func setTimer(_ state: inout State) {
        state.isTimerSet = true
        Task.detached { [self] in
            try? await Task.sleep(for: Self.pause)
            self.state.withLock { state in
                state.isTimerSet = false
                if !state.waiting.isEmpty { pass(&state) }
            }
        }
    }
}

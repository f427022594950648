/// Text that grows at its end, such as a tool's output, to be scrolled and searched.
///
/// Kept within a number of lines and bytes: the oldest lines are dropped and counted. Lines keep
/// their number when that happens, so what a person is reading stays where it is.
package struct Pager: Hashable, Sendable {
    package let lineLimit: Int
    package let byteLimit: Int

    /// How many lines were dropped because there were too many.
    package private(set) var droppedLines = 0
    /// Whether the end stays in sight while text arrives.
    package private(set) var isFollowing = true
    /// How many columns are scrolled out of sight on the left.
    package private(set) var left = 0
    package internal(set) var search: Search?

    /// The lines kept are those from `dropped` on; what is before is dropped in one go now and
    /// then, which is cheaper than line by line.
    private var kept: [String] = []
    private var start = 0
    private var bytes = 0
    /// The last line, as long as its end has not arrived.
    private var unfinished: [UInt8] = []
    /// The number of the first line in sight, when not following.
    private var top = 0

    /// A line longer than this is broken.
    private static let longestLine = 16_384

    package init(lineLimit: Int = 50_000, byteLimit: Int = 8 << 20) {
        self.lineLimit = max(1, lineLimit)
        self.byteLimit = max(1, byteLimit)
    }

    // MARK: Text

    /// Adds bytes as they arrive; lines and characters may be cut anywhere.
    package mutating func append(_ bytes: some Sequence<UInt8>) {
        // A flood comes in large pieces: lines are taken whole, not byte by byte.
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let line = rest[..<(rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex)]
            rest = rest[line.endIndex...]
            appendToLine(line)
            guard !rest.isEmpty else { return }
            rest = rest.dropFirst()
            if unfinished.last == UInt8(ascii: "\r") { unfinished.removeLast() }
            finishLine()
        }
    }

    private mutating func appendToLine(_ bytes: ArraySlice<UInt8>) {
        var bytes = bytes
        while !bytes.isEmpty {
            if unfinished.count >= Self.longestLine { finishLine() }
            let part = bytes.prefix(Self.longestLine - unfinished.count)
            unfinished += part
            bytes = bytes.dropFirst(part.count)
        }
    }

    /// Adds whole lines.
    package mutating func append(_ text: String) {
        append(text.utf8)
        if !unfinished.isEmpty { finishLine() }
    }

    /// The numbers of the lines at hand, counted from 0 over all that ever arrived.
    package var lineNumbers: Range<Int> {
        let count = kept.count - start + (unfinished.isEmpty ? 0 : 1)
        return droppedLines..<droppedLines + count
    }

    /// The text of a line as it arrived, or nil if there is no such line.
    package func line(_ number: Int) -> String? {
        guard lineNumbers.contains(number) else { return nil }
        let index = start + number - droppedLines
        return index < kept.count ? kept[index] : String(decoding: unfinished, as: UTF8.self)
    }

    private mutating func finishLine() {
        let line = String(decoding: unfinished, as: UTF8.self)
        unfinished.removeAll(keepingCapacity: true)
        kept.append(line)
        bytes += line.utf8.count
        while kept.count - start > 1, kept.count - start > lineLimit || bytes > byteLimit {
            bytes -= kept[start].utf8.count
            kept[start] = ""
            start += 1
            droppedLines += 1
        }
        if start > 1024, start > kept.count / 2 {
            kept.removeFirst(start)
            start = 0
        }
    }

    // MARK: Moving

    /// The number of the first line in sight in a pane of `height` rows.
    package func firstLine(height: Int) -> Int {
        let lines = lineNumbers
        let last = max(lines.lowerBound, lines.upperBound - max(0, height))
        return isFollowing ? last : max(lines.lowerBound, min(top, last))
    }

    /// Moves by lines. Reaching the end follows it from then on; leaving it stops that.
    package mutating func scroll(by lines: Int, height: Int) {
        show(line: firstLine(height: height) + lines, height: height)
    }

    /// Moves sideways.
    package mutating func scroll(columns: Int) {
        left = max(0, min(left + columns, Self.longestLine))
    }

    package mutating func scrollToStart() {
        top = lineNumbers.lowerBound
        isFollowing = false
    }

    package mutating func scrollToEnd() {
        isFollowing = true
    }

    /// Brings a line to the top, or as near to it as the end allows.
    mutating func show(line: Int, height: Int) {
        let lines = lineNumbers
        let last = max(lines.lowerBound, lines.upperBound - max(0, height))
        top = max(lines.lowerBound, min(line, last))
        isFollowing = top == last
    }
}

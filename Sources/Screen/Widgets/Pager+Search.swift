extension Pager {
    /// What is searched for, and where it was found last.
    package struct Search: Hashable, Sendable {
        /// Lower-case ASCII letters match upper-case ones too, unless there is an upper-case
        /// letter among them, as in `less -i`.
        package let pattern: String
        /// The line of the match that was shown last; nil when there is none.
        package internal(set) var line: Int?
    }

    /// Searches from the first line in sight on, and around the end. To be called for each letter
    /// typed. An empty pattern ends the search.
    package mutating func find(_ pattern: String, height: Int) {
        guard !pattern.isEmpty else {
            search = nil
            return
        }
        search = Search(pattern: pattern, line: nil)
        moveToMatch(from: firstLine(height: height), backward: false, height: height)
    }

    /// Moves to the next line that matches, or the previous one, around the end.
    package mutating func findNext(backward: Bool = false, height: Int) {
        guard let search else { return }
        let step = backward ? -1 : 1
        moveToMatch(
            from: (search.line ?? firstLine(height: height) - step) + step, backward: backward,
            height: height)
    }

    private mutating func moveToMatch(from line: Int, backward: Bool, height: Int) {
        guard let pattern = search?.pattern else { return }
        let matcher = TextMatcher(pattern)
        let lines = lineNumbers
        guard !lines.isEmpty else { return }
        for offset in 0..<lines.count {
            let distance = line - lines.lowerBound + (backward ? -offset : offset)
            let wrapped = ((distance % lines.count) + lines.count) % lines.count
            let number = lines.lowerBound + wrapped
            if let text = self.line(number), matcher.firstMatch(in: text) != nil {
                search?.line = number
                let first = firstLine(height: height)
                if !(first..<first + height).contains(number) {
                    show(line: number - height / 3, height: height)
                }
                return
            }
        }
        search?.line = nil
    }
}

/// Finds one text in others, byte by byte.
struct TextMatcher {
    private let pattern: [UInt8]
    private let foldsCase: Bool

    init(_ pattern: String) {
        self.pattern = Array(pattern.utf8)
        foldsCase = !self.pattern.contains { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }

    /// The bytes of the first match at or after `start`.
    func firstMatch(in text: String, from start: Int = 0) -> Range<Int>? {
        var text = text
        return text.withUTF8 { bytes in
            guard !pattern.isEmpty, bytes.count >= pattern.count else { return nil }
            var position = start
            while position + pattern.count <= bytes.count {
                var length = 0
                while length < pattern.count, fold(bytes[position + length]) == pattern[length] {
                    length += 1
                }
                if length == pattern.count { return position..<position + length }
                position += 1
            }
            return nil
        }
    }

    private func fold(_ byte: UInt8) -> UInt8 {
        foldsCase && (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}

import Fields
import Samples
import Units

/// What rows are searched for: text that stands anywhere in theirs, ASCII letters in either case.
struct TextFilter {
    private let needle: [UInt8]

    init(_ text: String) { needle = text.utf8.map(\.asciiLowercased) }

    var isEmpty: Bool { needle.isEmpty }

    func matches(_ text: String) -> Bool {
        // Lent, not copied: tens of thousands of rows are asked at every letter that is typed.
        var text = text
        return text.withUTF8 { matches($0.span) }
    }

    func matches(_ hay: Span<UInt8>) -> Bool {
        guard let first = needle.first else { return true }
        guard hay.count >= needle.count else { return false }
        for start in 0...(hay.count - needle.count) where hay[start].asciiLowercased == first {
            if needle.indices.allSatisfy({ hay[start + $0].asciiLowercased == needle[$0] }) {
                return true
            }
        }
        return false
    }
}

extension ProcessRow {
    /// Whether any name, number or command of the row has the text in it.
    func matches(_ filter: TextFilter) -> Bool {
        let fields = ProcessFields.declared
        return filter.matches(process.id.pid.description)
            || [fields.name, fields.user, fields.command].contains {
                filter.matches($0.text(of: self))
            }
            // Of a very long one only a part is shown.
            || process.command.map(filter.matches) == true
            || process.memoryGroup.map(filter.matches) == true
            || thread.map { $0.matches(filter) } == true
    }
}

extension ThreadRow {
    /// Whether what only the thread has does.
    fileprivate func matches(_ filter: TextFilter) -> Bool {
        let fields = ThreadFields.declared
        return [fields.tid, fields.name, fields.activity].contains {
            filter.matches($0.text(of: self))
        }
    }
}

extension UInt8 {
    fileprivate var asciiLowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}

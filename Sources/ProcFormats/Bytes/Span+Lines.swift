extension Span<UInt8> {
    /// Whether a line begins with these bytes.
    package func hasLine(beginningWith beginning: StaticString) -> Bool {
        var cursor = ByteCursor(self)
        while !cursor.isAtEnd {
            if cursor.skip(beginning) { return true }
            guard let newline = cursor.firstOffset(of: .newline) else { return false }
            cursor.offset = newline + 1
        }
        return false
    }
}

extension Span<UInt8> {
    /// The bytes as text; those that are not UTF-8 become U+FFFD. Control bytes stay as they are:
    /// text of the machine is made harmless where it leaves the program.
    func text(in range: Range<Int>) -> String {
        extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    /// The same where the kernel wrote some bytes as a backslash and three more, which `escape`
    /// turns back; what it gives nil for stays as it is.
    func text(
        in range: Range<Int>, undoing escape: (UInt8, UInt8, UInt8) -> UInt8?
    ) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            if self[index] == UInt8(ascii: "\\"), range.upperBound - index >= 4,
                let byte = escape(self[index + 1], self[index + 2], self[index + 3])
            {
                text.append(byte)
                index += 4
            } else {
                text.append(self[index])
                index += 1
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension Span<UInt8> {
    /// The bytes as text; those that are not UTF-8 become U+FFFD. Control bytes stay as they are:
    /// text of the machine is made harmless where it leaves the program.
    func text(in range: Range<Int>) -> String {
        extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}

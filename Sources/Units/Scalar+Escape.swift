/// Text from the machine may hold anything. What could move the cursor, change the terminal, reorder the
/// row or hide from sight is written out, in the same way on the screen, in text and in files:
///
/// - control bytes as `\n`, `\t`, `\e`, `\x07`, `\x9b`;
/// - bidi controls, joiners, zero-width and other invisible characters, line separators and unassigned
///   characters as `\u{202e}`.
extension Unicode.Scalar {
    /// Whether it is a space or printable ASCII: nearly all there is.
    @inlinable
    public var isPlain: Bool { value >= 0x20 && value < 0x7f }

    /// Whether a reader sees it, and a terminal does nothing but draw it.
    public var isHarmless: Bool {
        if isPlain { return true }
        return switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
        default: !properties.isDefaultIgnorableCodePoint
        }
    }

    /// Written out, in ASCII.
    public var escape: String {
        switch value {
        case 0x09: "\\t"
        case 0x0a: "\\n"
        case 0x0d: "\\r"
        case 0x1b: "\\e"
        case 0..<0x10: "\\x0" + String(value, radix: 16)
        case 0x10..<0x100: "\\x" + String(value, radix: 16)
        default: "\\u{" + String(value, radix: 16) + "}"
        }
    }
}

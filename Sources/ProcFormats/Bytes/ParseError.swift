/// Why bytes were not what the kernel documents, and where. Every `init(parsing:)` that can fail
/// throws it, and none traps, whatever the bytes. An empty file, which a task that just ended may
/// give, is `truncated` at 0 unless its format allows for it.
public struct ParseError: Error, Hashable, Codable, Sendable {
    public enum Reason: Hashable, Codable, Sendable {
        /// The bytes end inside a field or before the last one that every kernel has.
        case truncated
        /// A number was expected.
        case notANumber
        /// A number does not fit its type.
        case overflow
        /// Something else stands here than the format allows.
        case unexpected
    }

    public let reason: Reason
    /// Counted from the first byte.
    public let offset: Int

    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}

/// `/proc/version`; `proc_version(5)`: "Linux version 6.1.0-28-amd64 (debian-kernel@...) ...".
public struct KernelVersion: Hashable, Sendable {
    /// "6.1.0-28-amd64".
    public var release: String

    /// Parses one read of the file. What follows the release is for people.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        guard cursor.skip("Linux version ") else { throw ParseError(.unexpected, at: 0) }
        guard let end = cursor.firstOffset(of: .space), end > cursor.offset else {
            throw ParseError(.truncated, at: bytes.count)
        }
        release = bytes.text(in: cursor.offset..<end)
    }
}

/// One line of `/proc/PID/maps`, and the first of each entry of `smaps`; `proc_pid_maps(5)`.
public struct MappingLine: Hashable, Sendable {
    /// The addresses: from `start` up to, not including, `end`.
    public var start: UInt64
    public var end: UInt64
    public var permissions: MappingEntry.Permissions
    /// Where in the file it begins, in bytes.
    public var offset: UInt64
    /// The file's number; 0 where there is no file.
    public var inode: UInt64
    /// Where the name stands in the bytes: a path, in which the kernel writes newlines as `\012`, or
    /// a name of the kernel's in brackets; empty where there is none.
    public var nameRange: Range<Int>

    /// Parses the line that begins at `offset` and moves that to where the next begins; nil at the
    /// end of the bytes. Passes over lines that do not parse, and notes them.
    ///
    /// Allocates nothing: the name stays in `bytes`.
    public init?(
        nextIn bytes: Span<UInt8>, at offset: inout Int,
        noting faults: inout FieldFaults
    ) {
        let row = ByteCursor.nextRow("a mapping", in: bytes, at: &offset, noting: &faults) {
            cursor throws(ParseError) in try Self(at: &cursor)
        }
        guard let row else { return nil }
        self = row
    }

    init(at cursor: inout ByteCursor) throws(ParseError) {
        start = try cursor.hexadecimalDigits()
        try cursor.expect(.minus)
        let endOffset = cursor.offset
        end = try cursor.hexadecimalDigits()
        guard start <= end else { throw ParseError(.unexpected, at: endOffset) }
        try cursor.expect(.space)
        permissions = try MappingEntry.Permissions(at: &cursor)
        try cursor.expect(.space)
        offset = try cursor.hexadecimalDigits()
        try cursor.expect(.space)
        guard cursor.current != .space else { throw ParseError(.unexpected, at: cursor.offset) }
        try cursor.skipFields(1)  // device
        inode = try cursor.unsigned()
        guard cursor.endsField else { throw ParseError(.unexpected, at: cursor.offset) }
        cursor.skipBlanks()
        nameRange = try cursor.restOfLine()
    }

    /// The name as text, from the bytes that were parsed, its newlines undone; what is not UTF-8
    /// becomes U+FFFD.
    public func name(in bytes: Span<UInt8>) -> String {
        bytes.text(in: nameRange) {
            [$0, $1, $2].elementsEqual("012".utf8) ? .newline : nil
        }
    }
}

extension MappingEntry.Permissions {
    /// "rwxp" or "rwxs", a minus for what is missing.
    fileprivate init(at cursor: inout ByteCursor) throws(ParseError) {
        self = []
        if try cursor.next() == UInt8(ascii: "r") { insert(.read) }
        if try cursor.next() == UInt8(ascii: "w") { insert(.write) }
        if try cursor.next() == UInt8(ascii: "x") { insert(.execute) }
        if try cursor.next() == UInt8(ascii: "s") { insert(.shared) }
    }
}

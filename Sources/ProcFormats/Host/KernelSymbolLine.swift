/// One line of `/proc/kallsyms`: "ffffffff81000000 T _text", or with the module at the end,
/// "ffffffffc0a31000 t xfs_alloc	[xfs]"; `proc_kallsyms(5)`.
public struct KernelSymbolLine: Hashable, Sendable {
    /// 0 for those who may not know it; see `kptr_restrict` in `proc_sys_kernel(5)`.
    public var address: UInt64
    /// As in `nm(1)`: T and t are functions, W and w weak ones.
    public var type: UInt8
    /// Where the name stands in the bytes.
    public var nameRange: Range<Int>
    /// Where the module stands, brackets included; nil for the kernel itself.
    public var moduleRange: Range<Int>?

    /// Parses the line that begins at `offset` and moves that to where the next begins; nil at the
    /// end of the bytes. Passes over lines that do not parse, and notes them.
    ///
    /// Allocates nothing: names stay in `bytes`.
    public init?(
        nextIn bytes: Span<UInt8>, at offset: inout Int,
        noting faults: inout FieldFaults
    ) {
        let row = ByteCursor.nextRow("a symbol", in: bytes, at: &offset, noting: &faults) {
            cursor throws(ParseError) in try Self(at: &cursor)
        }
        guard let row else { return nil }
        self = row
    }

    private init(at cursor: inout ByteCursor) throws(ParseError) {
        address = try cursor.hexadecimalDigits()
        try cursor.expect(.space)
        type = try cursor.next()
        try cursor.expect(.space)
        let line = try cursor.restOfLine()
        var tab: Int?
        for index in line where tab == nil && cursor.bytes[index] == .tab { tab = index }
        nameRange = line.lowerBound..<(tab ?? line.upperBound)
        moduleRange = tab.map { ($0 + 1)..<line.upperBound }
    }
}

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

    /// Parses the line that begins at `offset` and moves that to where the next begins. Nil, with
    /// `offset` as it was, at the end of the bytes.
    ///
    /// Allocates nothing: names stay in `bytes`.
    public init?(nextIn bytes: Span<UInt8>, at offset: inout Int) throws(ParseError) {
        guard offset < bytes.count else { return nil }
        var cursor = ByteCursor(bytes, at: max(offset, 0))
        address = try cursor.hexadecimalDigits()
        try cursor.expect(.space)
        type = try cursor.next()
        try cursor.expect(.space)
        let line = try cursor.restOfLine()
        let tab = line.first { bytes[$0] == .tab }
        nameRange = line.lowerBound..<(tab ?? line.upperBound)
        moduleRange = tab.map { ($0 + 1)..<line.upperBound }
        offset = cursor.offset
    }
}

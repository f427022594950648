/// Numbers of a file under `/proc/sys`, such as `net/core/rmem_max` (one) or `net/ipv4/udp_mem`
/// (three); `proc_sys_net(5)`.
public struct KernelSetting: ProcFormat, Hashable, Sendable {
    public let first: UInt64
    /// Those behind it; nil for one that does not parse.
    public let others: [UInt64?]

    /// Parses one read of the file: numbers with blanks between, on one line.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        first = try cursor.unsigned()
        guard cursor.endsField else { throw ParseError(.unexpected, at: cursor.offset) }
        var others: [UInt64?] = []
        while cursor.current != .newline {
            try cursor.expect(.tab)
            others.append(cursor.unsigned("one of them", &faults))
        }
        self.others = others
    }
}

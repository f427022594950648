/// Numbers of a file under `/proc/sys`, such as `net/core/rmem_max` (one) or `net/ipv4/udp_mem`
/// (three); `proc_sys_net(5)`.
public struct KernelSetting: Hashable, Sendable {
    public let first: UInt64
    /// Those behind it.
    public let others: [UInt64]

    /// Parses one read of the file: numbers with blanks between, on one line.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        first = try cursor.unsigned()
        var others: [UInt64] = []
        while cursor.current != .newline {
            try cursor.expect(.tab)
            others.append(try cursor.unsigned())
        }
        self.others = others
    }
}

public import Units

/// `/proc/net/sockstat`; `proc_pid_net(5)`.
public struct SocketStatistics: Hashable, Sendable {
    /// `UDP: mem`: what all UDP queues of the machine hold, of all namespaces. In pages.
    public var udpMemory: PageCount?
    /// `FRAG: memory`: fragments that wait for the rest of their datagrams, in bytes.
    public var fragmentMemory: UInt64?

    /// Parses one read of the file.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        guard !cursor.isAtEnd else { throw ParseError(.truncated, at: 0) }
        while !cursor.isAtEnd {
            if cursor.skip("UDP: inuse ") {
                _ = try cursor.unsigned(UInt64.self)
                try cursor.expect(" mem ")
                udpMemory = PageCount(try cursor.unsigned())
            } else if cursor.skip("FRAG: inuse ") {
                _ = try cursor.unsigned(UInt64.self)
                try cursor.expect(" memory ")
                fragmentMemory = try cursor.unsigned()
            }
            try cursor.skipLine()
        }
    }
}

public import Units

/// `/proc/net/sockstat`; `proc_pid_net(5)`.
public struct SocketStatistics: ProcFormat, Hashable, Sendable {
    /// `TCP: tw`: sockets in TIME_WAIT.
    public var tcpTimeWait: UInt64?
    /// `UDP: mem`: what all UDP queues of the machine hold, of all namespaces. In pages.
    public var udpMemory: PageCount?
    /// `FRAG: memory`: fragments that wait for the rest of their datagrams, in bytes.
    public var fragmentMemory: UInt64?

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        guard !cursor.isAtEnd else { throw ParseError(.truncated, at: 0) }
        while !cursor.isAtEnd {
            if cursor.skip("TCP: inuse ") {
                cursor.passFields(3)
                if cursor.skip("tw ") {
                    tcpTimeWait = cursor.unsigned("TCP: tw", &faults)
                }
            } else if cursor.skip("UDP: inuse ") {
                cursor.passFields(1)
                if cursor.skip("mem ") {
                    udpMemory = cursor.unsigned("UDP: mem", &faults).map { PageCount($0) }
                }
            } else if cursor.skip("FRAG: inuse ") {
                cursor.passFields(1)
                if cursor.skip("memory ") {
                    fragmentMemory = cursor.unsigned("FRAG: memory", &faults)
                }
            }
            cursor.passLine(&faults)
        }
    }
}

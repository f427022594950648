public import Units

/// `/proc/PID/smaps_rollup` (since 4.14): the sums over all mappings; `proc_pid_smaps(5)`.
/// What does not parse is nil.
public struct SmapsRollup: ProcFormat, Hashable, Sendable {
    /// `Rss`, `Pss`, `Anonymous`, `Swap`.
    public var resident: ByteCount?
    public var proportional: ByteCount?
    public var anonymous: ByteCount?
    public var swap: ByteCount?
    /// `SwapPss`.
    public var proportionalSwap: ByteCount?

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        // The first line is that of a mapping from the first address to the last.
        cursor.passLine(&faults)
        guard !cursor.isAtEnd else { throw ParseError(.truncated, at: bytes.count) }
        while !cursor.isAtEnd {
            if cursor.skip("Rss:") {
                resident = cursor.kibibytes("Rss", &faults)
            } else if cursor.skip("Pss:") {
                proportional = cursor.kibibytes("Pss", &faults)
            } else if cursor.skip("Anonymous:") {
                anonymous = cursor.kibibytes("Anonymous", &faults)
            } else if cursor.skip("Swap:") {
                swap = cursor.kibibytes("Swap", &faults)
            } else if cursor.skip("SwapPss:") {
                proportionalSwap = cursor.kibibytes("SwapPss", &faults)
            }
            cursor.passLine(&faults)
        }
        if resident == nil { faults.noteMissing("Rss") }
        if proportional == nil { faults.noteMissing("Pss") }
        if anonymous == nil { faults.noteMissing("Anonymous") }
        if swap == nil { faults.noteMissing("Swap") }
    }
}

public import Units

/// Counters of `/proc/vmstat`; `proc_vmstat(5)`. Nil where this kernel lacks the line.
public struct VMStat: ProcFormat, Hashable, Sendable {
    /// `pgpgin`, `pgpgout`: KiB read from and written to disks.
    public var kibibytesIn: UInt64?
    public var kibibytesOut: UInt64?
    /// `pswpin`, `pswpout`.
    public var swapIn: PageCount?
    public var swapOut: PageCount?
    /// `pgmajfault`.
    public var majorFaults: UInt64?
    /// `oom_kill` (since 4.13).
    public var oomKills: UInt64?

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            if cursor.skip("pgpgin ") {
                kibibytesIn = cursor.unsigned("pgpgin", &faults)
            } else if cursor.skip("pgpgout ") {
                kibibytesOut = cursor.unsigned("pgpgout", &faults)
            } else if cursor.skip("pswpin ") {
                swapIn = cursor.unsigned("pswpin", &faults).map { PageCount($0) }
            } else if cursor.skip("pswpout ") {
                swapOut = cursor.unsigned("pswpout", &faults).map { PageCount($0) }
            } else if cursor.skip("pgmajfault ") {
                majorFaults = cursor.unsigned("pgmajfault", &faults)
            } else if cursor.skip("oom_kill ") {
                oomKills = cursor.unsigned("oom_kill", &faults)
            }
            cursor.passLine(&faults)
        }
    }
}

public import Units

/// A file of a control group that holds one amount of memory: `memory.current`, `memory.max`,
/// `memory.usage_in_bytes`; `Documentation/admin-guide/cgroup-v2.rst`.
public struct CgroupAmount: ProcFormat, Hashable, Sendable {
    /// Nil for "max", and for what version 1 writes instead: the largest number of whole pages that
    /// the kernel can count (`PAGE_COUNTER_MAX`), depending on the page size, or before 3.19 the
    /// largest number there is.
    public var bytes: ByteCount?

    /// Above any memory there is, and below all that stand for "no limit".
    private static let leastUnlimited: UInt64 = 1 << 62

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        if cursor.skip("max\n") { return }
        let number = try cursor.unsigned(UInt64.self)
        try cursor.expect(.newline)
        self.bytes = number < Self.leastUnlimited ? ByteCount(number) : nil
    }
}

/// A file of a control group that holds one count: `memory.failcnt`.
public struct CgroupCount: ProcFormat, Hashable, Sendable {
    public var count: UInt64

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        count = try cursor.unsigned()
        try cursor.expect(.newline)
    }
}

/// What happened in a control group: `memory.events` of version 2, `memory.oom_control` of version
/// 1. A line that this version or kernel does not have is nil.
public struct CgroupMemoryEvents: ProcFormat, Hashable, Sendable {
    /// `max`: the limit was about to be passed. Version 2.
    public var max: UInt64?
    /// `oom_kill`; version 1 has it since 4.13.
    public var oomKill: UInt64?

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            if cursor.skip("max ") {
                max = cursor.unsigned("max", &faults)
            } else if cursor.skip("oom_kill ") {
                oomKill = cursor.unsigned("oom_kill", &faults)
            }
            cursor.passLine(&faults)
        }
    }
}

/// `memory.stat` of a control group, in bytes.
public struct CgroupMemoryStat: ProcFormat, Hashable, Sendable {
    /// `inactive_file`, `active_file`: of the group and its descendants in version 2, of the group
    /// alone in version 1.
    public var inactiveFile: ByteCount?
    public var activeFile: ByteCount?
    /// `total_inactive_file`, `total_active_file`: version 1's with descendants.
    public var totalInactiveFile: ByteCount?
    public var totalActiveFile: ByteCount?

    /// The page cache of files, with descendants: shared memory, which cannot be dropped, is on
    /// other lists. Nil where one of its two parts is not told.
    public var fileCache: ByteCount? {
        if let inactive = totalInactiveFile, let active = totalActiveFile {
            return inactive + active
        }
        guard let inactiveFile, let activeFile else { return nil }
        return inactiveFile + activeFile
    }

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            if cursor.skip("inactive_file ") {
                inactiveFile = cursor.unsigned("inactive_file", &faults).map { ByteCount($0) }
            } else if cursor.skip("active_file ") {
                activeFile = cursor.unsigned("active_file", &faults).map { ByteCount($0) }
            } else if cursor.skip("total_inactive_file ") {
                totalInactiveFile = cursor.unsigned("total_inactive_file", &faults).map {
                    ByteCount($0)
                }
            } else if cursor.skip("total_active_file ") {
                totalActiveFile = cursor.unsigned("total_active_file", &faults).map {
                    ByteCount($0)
                }
            }
            cursor.passLine(&faults)
        }
    }
}

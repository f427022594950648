public import Units

/// `/proc/PID/limits`; `proc_pid_limits(5)`, `getrlimit(2)`. What does not parse is nil, too.
public struct ResourceLimits: ProcFormat, Hashable, Sendable {
    /// "Max open files" (RLIMIT_NOFILE), the soft limit; nil for "unlimited".
    public var openFiles: UInt64?
    /// "Max address space" (RLIMIT_AS), the soft limit; nil for "unlimited".
    public var addressSpace: ByteCount?

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            if cursor.skip("Max open files ") {
                openFiles = cursor.softLimit("Max open files", &faults)
            } else if cursor.skip("Max address space ") {
                // It comes after all others that are wanted.
                addressSpace = cursor.softLimit("Max address space", &faults)
                    .map { ByteCount($0) }
                return
            }
            cursor.passLine(&faults)
        }
        faults.noteMissing("Max address space")
    }
}

extension ByteCursor {
    /// The first of the two limits on a line, behind its name.
    fileprivate mutating func softLimit(
        _ name: StaticString, _ faults: inout FieldFaults
    ) -> UInt64? {
        // Blanks are between the two limits and their unit, so that a missing one shows in their number.
        guard columnsOfLine == 3 else {
            faults.noteMissing(name)
            return nil
        }
        skipBlanks()
        return skip("unlimited ") ? nil : unsigned(name, &faults)
    }
}

public import Units

/// `/proc/PID/statm`; `proc_pid_statm(5)`. All zero for a task without memory of its
/// own. What does not parse is nil.
public struct MemoryPages: ProcFormat, Hashable, Sendable {
    /// Field 1: all mappings, touched or not.
    public var size: PageCount?
    /// Field 2.
    public var resident: PageCount?
    /// Field 3: resident pages of files and of shared memory. Nil where field 6 (data) is 0, as no
    /// program's can be, which has a stack: a sandbox (gVisor) writes zeros for what it does not
    /// count.
    public var shared: PageCount?

    /// Parses one read of the file. The fields after the sixth are not read.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        guard !cursor.isAtEnd else { throw ParseError(.truncated, at: 0) }
        size = cursor.unsigned("size", &faults).map { PageCount($0) }
        cursor.passSpace()
        resident = cursor.unsigned("resident", &faults).map { PageCount($0) }
        cursor.passSpace()
        let shared = cursor.unsigned("shared", &faults).map { PageCount($0) }
        cursor.passSpace()
        cursor.passFields(2)  // text, lib
        let data = cursor.unsigned("data", &faults, as: UInt64.self)
        self.shared = data == 0 ? nil : shared
    }

    /// What is neither: anonymous memory, before kernels counted that by itself (4.5).
    public var anonymous: PageCount? {
        guard let resident, let shared else { return nil }
        return PageCount(resident.rawValue - min(resident.rawValue, shared.rawValue))
    }
}

public import Units

/// `/proc/meminfo`; `proc_meminfo(5)`. What does not parse is nil.
public struct MemoryInfo: ProcFormat, Hashable, Codable, Sendable {
    public var total: ByteCount?
    public var free: ByteCount?
    /// `MemAvailable` (since 3.14).
    public var available: ByteCount?
    public var buffers: ByteCount?
    public var cached: ByteCount?
    /// `Shmem`: what tmpfs, shared memory and memfd hold, which cannot be dropped.
    public var shared: ByteCount?
    public var swapTotal: ByteCount?
    public var swapFree: ByteCount?

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            if cursor.skip("MemTotal:") {
                total = cursor.kibibytes("MemTotal", &faults)
            } else if cursor.skip("MemFree:") {
                free = cursor.kibibytes("MemFree", &faults)
            } else if cursor.skip("MemAvailable:") {
                available = cursor.kibibytes("MemAvailable", &faults)
            } else if cursor.skip("Buffers:") {
                buffers = cursor.kibibytes("Buffers", &faults)
            } else if cursor.skip("Cached:") {
                cached = cursor.kibibytes("Cached", &faults)
            } else if cursor.skip("Shmem:") {
                shared = cursor.kibibytes("Shmem", &faults)
            } else if cursor.skip("SwapTotal:") {
                swapTotal = cursor.kibibytes("SwapTotal", &faults)
            } else if cursor.skip("SwapFree:") {
                swapFree = cursor.kibibytes("SwapFree", &faults)
            }
            cursor.passLine(&faults)
        }
        let known = [total, free, available, buffers, cached, shared, swapTotal, swapFree]
        if faults.isEmpty, known.allSatisfy({ $0 == nil }) {
            throw ParseError(.truncated, at: bytes.count)
        }
        // More of a thing than there is contradicts itself.
        Self.forget(&free, above: total, "MemFree above MemTotal", &faults)
        Self.forget(&available, above: total, "MemAvailable above MemTotal", &faults)
        Self.forget(&swapFree, above: swapTotal, "SwapFree above SwapTotal", &faults)
        if total == nil { faults.noteMissing("MemTotal") }
        if free == nil { faults.noteMissing("MemFree") }
        if swapTotal == nil { faults.noteMissing("SwapTotal") }
        if swapFree == nil { faults.noteMissing("SwapFree") }
    }

    private static func forget(
        _ part: inout ByteCount?, above whole: ByteCount?, _ name: StaticString,
        _ faults: inout FieldFaults
    ) {
        guard let amount = part, let whole, amount > whole else { return }
        part = nil
        faults.noteMissing(name)
    }
}

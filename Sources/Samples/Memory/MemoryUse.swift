public import Units

/// The parts of a process's memory, from `status`; `proc_pid_status(5)`. A field is nil where the
/// kernel does not have it.
public struct MemoryUse: Hashable, Codable, Sendable {
    /// `RssAnon`; before 4.5, what `statm` leaves of the resident pages without the shared ones.
    public var anonymous: ByteCount?
    /// `RssFile`: of mapped files, which the kernel can drop and read again.
    public var file: ByteCount?
    /// `RssShmem`: System V and POSIX shared memory, memfd, shared anonymous mappings.
    public var shared: ByteCount?
    /// `VmSwap`: anonymous pages that are swapped out.
    public var swap: ByteCount?
    /// `VmHWM`: the most that was ever resident.
    public var peak: ByteCount?
    /// `VmSize`: all mappings, touched or not.
    public var addressSpace: ByteCount?

    public init(
        anonymous: ByteCount? = nil, file: ByteCount? = nil, shared: ByteCount? = nil,
        swap: ByteCount? = nil, peak: ByteCount? = nil, addressSpace: ByteCount? = nil
    ) {
        self.anonymous = anonymous
        self.file = file
        self.shared = shared
        self.swap = swap
        self.peak = peak
        self.addressSpace = addressSpace
    }

    /// What the kernel cannot drop: anonymous memory, swapped out or not, and shared memory. Resident
    /// memory alone would hide what was swapped, and counts files.
    public var undroppable: ByteCount? {
        anonymous.map { $0 + (swap ?? ByteCount(0)) + (shared ?? ByteCount(0)) }
    }
}

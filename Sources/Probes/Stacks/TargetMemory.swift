import CLinux
import Units

/// Memory of another process, read from outside: the process runs on. Pages that were swapped out,
/// or never touched, are brought in for it; `process_vm_readv(2)`.
enum TargetMemory {
    /// What is read of a stack: enough for chains of hundreds of functions.
    static let stackSize = 64 * 1024

    /// Fills `buffer` from `address` on, as far as it is mapped.
    ///
    /// - Returns: how many bytes there are, 1 MiB at most; 0 if there are none, or no right to them.
    static func read(
        _ thread: ThreadID, at address: UInt64, into buffer: UnsafeMutableRawBufferPointer
    ) -> Int {
        max(0, clinux_read_memory(thread.rawValue, address, buffer.baseAddress, buffer.count))
    }

    /// A copy of `size` bytes, or fewer.
    static func bytes(_ thread: ThreadID, at address: UInt64, size: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: size)
        let count = bytes.withUnsafeMutableBytes { read(thread, at: address, into: $0) }
        bytes.removeLast(size - count)
        return bytes
    }
}

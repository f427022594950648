import Glibc
import Units

/// The memory of a process, read without stopping it: `/proc/PID/mem`, which asks for the same
/// rights as `ptrace(2)`; `proc_pid_mem(5)`.
final class ProcessMemory {
    private let file: Int32

    init(of process: ProcessID) {
        file = open("/proc/\(process.rawValue)/mem", O_RDONLY | O_CLOEXEC)
    }

    deinit {
        if file >= 0 { close(file) }
    }

    var isReadable: Bool { file >= 0 }

    /// Fills `buffer` from `address` on, as far as there is memory.
    ///
    /// - Returns: how many bytes there are; 0 also where it may not be read.
    func read(into buffer: UnsafeMutableRawBufferPointer, at address: UInt64) -> Int {
        guard let offset = off_t(exactly: address) else { return 0 }
        return max(0, pread(file, buffer.baseAddress, buffer.count, offset))
    }

    /// So many bytes; nil if there is no memory there, or it may not be read.
    func bytes(_ count: Int, at address: UInt64) -> [UInt8]? {
        guard let offset = off_t(exactly: address) else { return nil }
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, read in
            read = max(0, pread(file, buffer.baseAddress, count, offset))
        }
        return bytes.count == count ? bytes : nil
    }
}

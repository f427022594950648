import Glibc
package import Units

/// The memory of a process, read without stopping it: `/proc/PID/mem`, which asks for the same
/// rights as `ptrace(2)`; `proc_pid_mem(5)`.
package final class ProcessMemory {
    private let file: Int32

    package init(of process: ProcessID) {
        file = open(ProcPath.process(process, "mem"), O_RDONLY | O_CLOEXEC)
    }

    deinit {
        if file >= 0 { close(file) }
    }

    package var isReadable: Bool { file >= 0 }

    /// Fills `buffer` from `address` on, as far as there is memory.
    ///
    /// - Returns: how many bytes there are; 0 also where it may not be read.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at address: UInt64) -> Int {
        guard let offset = off_t(exactly: address) else { return 0 }
        return max(0, pread(file, buffer.baseAddress, buffer.count, offset))
    }

    /// So many bytes; nil if there is no memory there, or it may not be read.
    package func bytes(_ count: Int, at address: UInt64) -> [UInt8]? {
        guard let offset = off_t(exactly: address) else { return nil }
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, read in
            read = max(0, pread(file, buffer.baseAddress, count, offset))
        }
        return bytes.count == count ? bytes : nil
    }
}

internal import Glibc
package import ProcFormats
internal import SystemPackage

/// `/dev/kmsg`, from now on; `Documentation/ABI/testing/dev-kmsg`.
package final class KernelLog {
    private let descriptor: Int32
    private var buffer = ReadBuffer(byteCount: 8 * 1024)

    /// Nil where it may not be read: `kernel.dmesg_restrict`, a container.
    package init?(path: String = "/dev/kmsg") {
        descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        guard lseek(descriptor, 0, SEEK_END) >= 0 else {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }

    /// Calls `body` with each record since the last call, at most `most` of them: the log of a
    /// machine in trouble may grow as fast as it is read.
    package func forEachNew(atMost most: Int = 10_000, _ body: (KernelLogRecord) -> Void) {
        for _ in 0..<most {
            do throws(Errno) {
                let count = try buffer.fill(from: descriptor, toEnd: false)
                guard count > 0 else { return }
                let record = try? buffer.withBytes(count) { bytes throws(ParseError) in
                    try KernelLogRecord(parsing: bytes)
                }
                if let record { body(record) }
            } catch {
                // Overwritten before it was read: the next read gives the oldest there is.
                guard error.rawValue == EPIPE else { return }
            }
        }
    }
}

import Glibc

/// A file that has names, held open so that they can be read when someone wants to know them: it may
/// be deleted meanwhile.
final class NameFile: Sendable {
    private let descriptor: Int32

    /// - Parameter descriptor: may be closed afterwards; nil where there is none to be had.
    init?(copying descriptor: Int32) {
        guard descriptor >= 0 else { return nil }
        self.descriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard self.descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// How `name` knows it; nil for what is too far away in the file.
    func place(ofByteAt offset: UInt64) -> UInt32? { UInt32(exactly: offset) }

    /// Empty if it cannot be read.
    func name(at place: UInt32, length: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            count = max(0, pread(descriptor, buffer.baseAddress, length, Int(place)))
        }
    }
}

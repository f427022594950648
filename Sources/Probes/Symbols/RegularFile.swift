import CLinux
import Glibc

/// A regular file, open for reading. Paths of other processes may lead anywhere: a device or a FIFO
/// that is opened may act, or block.
struct RegularFile: ~Copyable {
    let descriptor: Int32
    let identity: Identity

    /// Tells two states of all files apart: a number is used again, with another time.
    struct Identity: Hashable {
        let device: UInt64
        let inode: UInt64
        /// Of the last change, in nanoseconds since 1970.
        let changed: UInt64
        let size: UInt64
        /// Whose it is; a number of ours, not of the process's user namespace.
        let owner: UInt32

        /// Nil for what is no regular file.
        fileprivate init?(path: String? = nil, descriptor: Int32 = -1) {
            var file = clinux_file()
            guard clinux_file_status(path, descriptor, &file), file.is_regular else { return nil }
            device = file.device
            inode = file.inode
            changed = file.changed
            size = file.size
            owner = file.owner
        }
    }

    static func identity(of path: String) -> Identity? { Identity(path: path) }

    /// - Parameter inode: only if the file has this number.
    init?(_ path: String, inode: UInt64? = nil) {
        guard let expected = Self.identity(of: path), inode ?? expected.inode == expected.inode
        else { return nil }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
        guard Identity(descriptor: descriptor) == expected else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        identity = expected
    }

    deinit { close(descriptor) }

    /// Calls `take` with one piece of the file after the other.
    func forEachPiece(_ take: (UnsafeRawBufferPointer) -> Void) {
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 8) { buffer in
            var offset = 0
            while case let count = pread(descriptor, buffer.baseAddress, buffer.count, offset),
                count > 0
            {
                take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                offset += count
            }
        }
    }
}

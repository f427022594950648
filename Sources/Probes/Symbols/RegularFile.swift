import Glibc

/// A regular file, open for reading. Paths of other processes may lead anywhere: a device or a FIFO
/// that is opened may act, or block.
struct RegularFile: ~Copyable {
    let descriptor: Int32
    let identity: Identity

    /// Tells two states of all files apart: a number is used again, with another time.
    struct Identity: Hashable {
        var device: UInt64
        var inode: UInt64
        /// Of the last change, in nanoseconds since 1970.
        var changed: Int64
        var size: Int64
        /// Whose it is; a number of ours, not of the process's user namespace.
        var owner: UInt32

        /// `stat(2)`; nil for what is no regular file.
        fileprivate init?(_ status: stat) {
            guard status.st_mode & S_IFMT == S_IFREG else { return nil }
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            changed = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
            size = Int64(status.st_size)
            owner = status.st_uid
        }
    }

    static func identity(of path: String) -> Identity? {
        var status = stat()
        return stat(path, &status) == 0 ? Identity(status) : nil
    }

    /// - Parameter inode: only if the file has this number.
    init?(_ path: String, inode: UInt64? = nil) {
        guard let expected = Self.identity(of: path), inode ?? expected.inode == expected.inode
        else { return nil }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0, Identity(status) == expected else {
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

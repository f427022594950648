import CLinux
import Glibc
import ProcReading

/// A regular file of a file system that keeps files, open for reading. Paths of other processes may
/// lead anywhere: a device, a FIFO or a file of the kernel's that is opened may act, or block.
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
        fileprivate init?(descriptor: Int32) {
            var file = clinux_file()
            guard clinux_file_status(nil, descriptor, &file), file.is_regular else { return nil }
            device = file.device
            inode = file.inode
            changed = file.changed
            size = file.size
            owner = file.owner
        }
    }

    static func identity(of path: String, in root: String) -> Identity? {
        let place = clinux_open_place(root, path)
        guard place >= 0 else { return nil }
        defer { close(place) }
        return Identity(descriptor: place)
    }

    /// - Parameters:
    ///   - path: as a process sees it that has this root; none of its links leads out of there.
    ///   - inode: only if the file has this number.
    init?(_ path: String, in root: String, inode: UInt64? = nil) {
        self.init(place: clinux_open_place(root, path), inode: inode)
    }

    /// - Parameter link: one of the kernel's own, which leads to a file whatever its path.
    init?(link: String, inode: UInt64? = nil) {
        self.init(place: clinux_open_place(nil, link), inode: inode)
    }

    /// - Parameter place: a file that is not opened for reading yet; closed with this.
    private init?(place: Int32, inode: UInt64?) {
        guard place >= 0 else { return nil }
        defer { close(place) }
        guard let identity = Identity(descriptor: place), inode ?? identity.inode == identity.inode,
            !clinux_is_of_kernel(place)
        else { return nil }
        // Who has a lease on the file would be waited for.
        let descriptor = open(ProcPath.own("fd/\(place)"), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
        self.identity = identity
    }

    deinit { close(descriptor) }

    /// Calls `take` with one piece of the file after the other, up to its end or so many bytes.
    func forEachPiece(upTo most: Int, _ take: (UnsafeRawBufferPointer) -> Void) {
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 8) { buffer in
            var offset = 0
            while offset < most,
                case let count = pread(
                    descriptor, buffer.baseAddress, min(buffer.count, most - offset), offset),
                count > 0
            {
                take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                offset += count
            }
        }
    }
}

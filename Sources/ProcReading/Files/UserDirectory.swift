internal import Glibc
public import ProcFormats

/// Names of users, from `/etc/passwd`, read by us: glibc's lookup may load shared libraries and ask
/// the network. Read again when the file changes.
public struct UserDirectory {
    private let path: String
    /// As the file had them when it was last read; nobody when it cannot be read.
    public private(set) var names = UserNames(parsing: [UInt8]().span)
    private var wasRead = false
    private var modified = timespec()

    public init(path: String = "/etc/passwd") {
        self.path = path
    }

    /// Checks whether the file changed, and reads it if so.
    public mutating func refresh() {
        var status = stat()
        guard stat(path, &status) == 0 else {
            names = UserNames(parsing: [UInt8]().span)
            wasRead = false
            return
        }
        let isSame =
            status.st_mtim.tv_sec == modified.tv_sec && status.st_mtim.tv_nsec == modified.tv_nsec
        guard !wasRead || !isSame else { return }
        modified = status.st_mtim
        wasRead = true
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var buffer = ReadBuffer(byteCount: 16 * 1024)
        guard let count = try? buffer.fill(from: descriptor, toEnd: true) else { return }
        names = buffer.withBytes(count) { UserNames(parsing: $0) }
    }
}

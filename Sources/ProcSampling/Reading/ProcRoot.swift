internal import CLinux
internal import Glibc
internal import ProcFormats
internal import Units

/// A /proc tree: the machine's own, a container host's (`/host/proc`), or one captured into files.
///
/// Keeps one descriptor open, relative to which everything is read.
public final class ProcRoot: Sendable {
    /// As the user named it.
    public let path: String
    /// Whether this is the procfs of our own pid namespace, now. Only then do its numbers name the
    /// same processes for system calls, and other processes' CPU clocks may be read.
    public let isLive: Bool
    /// Whether the kernel answers here, be it for another pid namespace: it is no captured tree.
    package let isProcfs: Bool
    let descriptor: Int32

    /// Opens a tree. Throws `absent` where there is neither `stat` nor a process in it, with a path
    /// that tells the user what was looked for; `denied` or `failed` where it cannot be opened.
    public init(path: String = "/proc") throws(ProcError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ProcError(Errno(errno), opening: path) }
        isProcfs = clinux_is_procfs(descriptor)
        isLive = isProcfs && Self.link("self", in: descriptor) == String(getpid())
        guard faccessat(descriptor, "stat", R_OK, 0) != 0 else { return }
        let error = Errno(errno)
        guard isProcfs || holdsProcesses else { throw ProcError(error, opening: path + "/stat") }
    }

    /// Mounted with subset=pid, /proc holds nothing else; neither need a captured tree.
    private var holdsProcesses: Bool {
        var numbers: [Int32] = []
        try? ProcReader(root: self).list(.host("."), into: &numbers, atMost: 1)
        return !numbers.isEmpty
    }

    /// Processes of other users are not to be seen here: of those that a kernel has, the first is
    /// never missing, and everybody may read its `stat`.
    var hidesProcesses: Bool { isProcfs && faccessat(descriptor, "1/stat", R_OK, 0) != 0 }

    deinit { close(descriptor) }

    /// Where a symbolic link of the tree points; nil when it cannot be read. Never blocks: the
    /// target is not looked at.
    func link(_ file: ProcFile) -> String? {
        file.withCString { Self.link($0, in: descriptor) }
    }

    private static func link(_ name: UnsafePointer<CChar>, in descriptor: Int32) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let count = readlinkat(descriptor, name, start, buffer.count)
            guard count > 0 else { return nil }
            return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count])
                .withMemoryRebound(to: UInt8.self) { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// `fstatat(2)` of a file; nil when it cannot be had.
    func status(of file: ProcFile) -> stat? {
        var result = stat()
        return file.withCString { fstatat(descriptor, $0, &result, 0) } == 0 ? result : nil
    }
}

extension ProcError {
    /// A tree's root could not be used.
    init(_ error: Errno, opening path: String) {
        self =
            if error.isVanished {
                .absent(path: path)
            } else if error.isDenied {
                .denied(path: path)
            } else {
                .failed(path: path, errno: error.number)
            }
    }
}

extension ProcError: CustomStringConvertible {
    /// One line for people.
    public var description: String {
        switch self {
        case .vanished(let path): "\(path): the task has ended"
        case .denied(let path): "\(path): permission denied"
        case .absent(let path): "\(path): no such file; is this a /proc tree?"
        case .malformed(let path, let error): "\(path): \(error.reason) at byte \(error.offset)"
        case .failed(let path, let errno): "\(path): \(String(cString: strerror(errno)))"
        }
    }
}

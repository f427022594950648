internal import CLinux
package import Glibc
public import ProcFormats
package import Synchronization
internal import SystemPackage
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
    package let descriptor: Int32
    /// What did not parse of it, whoever read it.
    package let faults = Mutex(FaultLog())

    /// Opens a tree. Throws `absent` where there is neither `stat` nor a process in it, with a path
    /// that tells the user what was wanted; `denied` or `failed` where it cannot be opened.
    public init(path: String = "/proc") throws(ProcError) {
        self.path = path
        descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ProcError(Errno.current, opening: path) }
        isProcfs = clinux_is_procfs(descriptor)
        isLive = isProcfs && Self.link("self", in: descriptor) == String(getpid())
        guard faccessat(descriptor, "stat", R_OK, 0) != 0 else { return }
        let error = Errno.current
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
    package var hidesProcesses: Bool { isProcfs && faccessat(descriptor, "1/stat", R_OK, 0) != 0 }

    deinit { close(descriptor) }

    func descriptor(of file: ProcFile) throws(Errno) -> Int32 {
        // A captured tree may hold anything: a FIFO must not stop us.
        let result = file.withCString {
            openat(descriptor, $0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        }
        guard result >= 0 else { throw Errno.current }
        return result
    }

    /// Opens a file of a task for reading: the caller closes it.
    package func open(_ file: ProcFile) throws(ProcError) -> Int32 {
        do throws(Errno) {
            return try descriptor(of: file)
        } catch {
            throw ProcError(error, ofTask: file)
        }
    }

    /// Where a symbolic link of the tree points; nil when it cannot be read. Never blocks: the
    /// target is not read.
    package func link(_ file: ProcFile) -> String? {
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
    package func status(of file: ProcFile) -> stat? {
        var result = stat()
        return file.withCString { fstatat(descriptor, $0, &result, 0) } == 0 ? result : nil
    }
}

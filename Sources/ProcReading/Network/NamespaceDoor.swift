internal import CLinux
internal import Glibc
public import ProcFormats
internal import SystemPackage
public import Units

/// The way into a network namespace: through a process that is in it, or a name of `ip netns`.
package struct NamespaceDoor: Hashable, Sendable {
    package let id: NamespaceID
    package var process: ProcessID?
    package var name: String?

    package init(id: NamespaceID, process: ProcessID?, name: String?) {
        self.id = id
        self.process = process
        self.name = name
    }

    package static let namedFolder = "/run/netns/"

    /// Opens the namespace's file. What it leads to by now may be another one, which is refused as
    /// vanished.
    package func open(in root: ProcRoot) throws(ProcError) -> NamespaceHandle {
        if let process {
            let handle = root.networkNamespace(of: process) { file in
                file.withCString {
                    NamespaceHandle(openat(root.descriptor, $0, O_RDONLY | O_CLOEXEC))
                }
            }
            if let handle, handle.id == id { return handle }
            if handle == nil, Errno.current.isDenied {
                throw .denied(path: ProcFile.process(process, "ns/net").description)
            }
        }
        if let name {
            let handle = NamespaceHandle(
                Glibc.open(Self.namedFolder + name, O_RDONLY | O_CLOEXEC | O_NONBLOCK))
            if let handle, handle.id == id { return handle }
        }
        throw .vanished(path: "net:[\(id.rawValue)]")
    }

    /// The names of `ip netns`, in order.
    package static func names() -> [String] {
        guard let folder = opendir(namedFolder) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            // In place: an entry may be shorter than the field for its name.
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}

/// An open namespace.
package final class NamespaceHandle: Sendable {
    package let id: NamespaceID
    private let descriptor: Int32

    /// Takes over the descriptor; nil if it is none.
    fileprivate init?(_ descriptor: Int32) {
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        id = NamespaceID(UInt64(status.st_ino))
    }

    deinit { close(descriptor) }

    /// The one that the program was started in; nil where there are no namespaces.
    package static var own: NamespaceHandle? {
        NamespaceHandle(Glibc.open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC))
    }

    /// Moves the calling thread into it. Needs CAP_SYS_ADMIN here and there; `setns(2)`.
    package func enter() throws(ProcError) {
        guard clinux_enter_network(descriptor) == 0 else {
            let error = Errno.current
            let path = "net:[\(id.rawValue)]"
            throw error.isDenied
                ? .denied(path: path) : .failed(path: path, errno: error.rawValue)
        }
    }
}

extension ProcRoot {
    /// What `take` makes of the file of a process's network namespace; where its first thread has ended
    /// and has none, of that of a thread which goes on. Nil leaves errno as the last call set it.
    fileprivate func networkNamespace<Value>(
        of process: ProcessID, _ take: (ProcFile) -> Value?
    ) -> Value? {
        if let value = take(.process(process, "ns/net")) { return value }
        guard !Errno.current.isDenied, let thread = threadBesideFirst(of: process) else {
            return nil
        }
        return take(.thread(process, thread, "ns/net"))
    }
}

// MARK: - By process and by name

extension NamespaceID {
    /// The network namespace that a process is in. Needs the right to trace it;
    /// `/proc/PID/ns/net`.
    public init(of process: ProcessID, in root: ProcRoot) throws(ProcError) {
        guard let status = root.networkNamespace(of: process, { root.status(of: $0) }) else {
            throw ProcError(Errno.current, ofTask: .process(process, "ns/net"))
        }
        self.init(UInt64(status.st_ino))
    }

    /// The network namespace that `ip netns` made under this name; `/run/netns`.
    public init(named name: String) throws(ProcError) {
        let path = NamespaceDoor.namedFolder + name
        guard !name.isEmpty, name != ".", name != "..", !name.contains("/"),
            let id = Self(ofFile: path)
        else { throw .absent(path: path) }
        self = id
    }

    /// Nil for what is not a namespace's file: one that was not unmounted is left behind empty.
    package init?(ofFile path: String) {
        var status = stat()
        var own = stat()
        // All namespaces are on one file system.
        guard stat(path, &status) == 0, stat("/proc/self/ns/net", &own) == 0,
            status.st_dev == own.st_dev
        else { return nil }
        self.init(UInt64(status.st_ino))
    }
}

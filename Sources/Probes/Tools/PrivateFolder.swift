import Glibc
import ProcReading
import SystemPackage

/// A new directory that only its owner may look into, for the data of one run of a tool.
struct PrivateFolder: Sendable {
    let path: String

    init() throws(Errno) {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        var template = Array(((parent.isEmpty ? "/tmp" : parent) + "/dxtop-XXXXXX").utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        guard let made else { throw Errno.current }
        path = made
    }

    var dataFile: String { path + "/perf.data" }

    /// Removes the directory and the files in it; tools make no directories there.
    func remove() {
        if let entries = opendir(path) {
            while let entry = readdir(entries) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { unlink(path + "/" + name) }
            }
            closedir(entries)
        }
        rmdir(path)
    }
}

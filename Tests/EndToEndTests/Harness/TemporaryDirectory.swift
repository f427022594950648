import Glibc

/// A directory of its own for one test, gone when the last reference is.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/dxtop-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("mkdtemp") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard chmod(path, 0o755) == 0 else { throw SystemError("chmod") }
    }

    deinit {
        // Files only: nothing here makes directories.
        if let directory = opendir(path) {
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { unlink("\(path)/\(name)") }
            }
            closedir(directory)
        }
        rmdir(path)
    }

    func copyOfExecutable(at source: String) throws -> String {
        let name = source.split(separator: "/").last.map(String.init) ?? "program"
        let target = "\(path)/\(name)"
        let file = open(target, O_WRONLY | O_CREAT | O_TRUNC, 0o755)
        guard file >= 0 else { throw SystemError("open \(target)") }
        defer { close(file) }
        let bytes = try contents(ofFile: source)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { throw SystemError("write \(target)") }
            written += count
        }
        return target
    }
}

/// All of a file; for those of /proc too, whose size is not known before.
func contents(ofFile path: String) throws -> [UInt8] {
    let file = open(path, O_RDONLY)
    guard file >= 0 else { throw SystemError("open \(path)") }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = read(file, &buffer, buffer.count)
        guard count >= 0 else { throw SystemError("read \(path)") }
        if count == 0 { return bytes }
        bytes += buffer[..<count]
    }
}

/// A call of the C library that failed.
struct SystemError: Error, CustomStringConvertible {
    let description: String

    init(_ call: String) {
        description = "\(call): \(String(cString: strerror(errno)))"
    }
}

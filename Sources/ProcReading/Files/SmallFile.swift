package import SystemPackage

/// The first `most` bytes of a file of the kernel or of a short settings file, or all of it.
///
/// For what is read now and then: `ProcReader` reads again and again into the same memory.
package func smallFile(_ path: String, atMost most: Int = 16384) throws(Errno) -> [UInt8] {
    do {
        let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
        return try file.closeAfter {
            // Files of the kernel do not tell how long they are.
            var bytes = [UInt8](repeating: 0, count: min(most, 16384))
            var count = 0
            while true {
                if count == bytes.count, count < most {
                    bytes += [UInt8](repeating: 0, count: min(most - count, count))
                }
                let read = try bytes.withUnsafeMutableBytes {
                    try file.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[count...]))
                }
                if read == 0 { break }
                count += read
            }
            bytes.removeLast(bytes.count - count)
            return bytes
        }
    } catch {
        throw error as? Errno ?? .ioError
    }
}

/// The value behind `name:` in a file such as `/proc/PID/status`.
package func value(of name: String, in text: String) -> Substring? {
    for line in text.split(separator: "\n") where line.hasPrefix(name + ":") {
        return line.dropFirst(name.utf8.count + 1).drop { $0 == "\t" || $0 == " " }
    }
    return nil
}

internal import Glibc
package import Units

/// What this program itself holds in memory.
package enum OwnMemory {
    /// Field 2 of `/proc/self/statm`, of the real /proc whatever tree is read.
    package static var residentPages: PageCount? {
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = ReadBuffer(byteCount: 128)
        guard let count = try? buffer.fill(from: descriptor, toEnd: false) else { return nil }
        return buffer.withBytes(count) { bytes in
            var fields = 0
            var pages: UInt64 = 0
            for index in bytes.indices {
                if bytes[index] == UInt8(ascii: " ") {
                    if fields == 1 { return PageCount(pages) }
                    fields += 1
                } else if fields == 1 {
                    pages = pages &* 10 &+ UInt64(bytes[index] &- UInt8(ascii: "0"))
                }
            }
            return nil
        }
    }
}

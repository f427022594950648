internal import Glibc
public import ProcFormats

/// `/etc/services`, read once it is asked for.
public enum ServiceFile {
    /// The names in it; none where it cannot be read.
    public static func names(path: String = "/etc/services") -> ServiceNames {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return ServiceNames(parsing: [UInt8]().span) }
        defer { close(descriptor) }
        var buffer = ReadBuffer(byteCount: 32 * 1024)
        guard let count = try? buffer.fill(from: descriptor, toEnd: true) else {
            return ServiceNames(parsing: [UInt8]().span)
        }
        return buffer.withBytes(count) { ServiceNames(parsing: $0) }
    }
}

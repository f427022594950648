import Glibc
import Testing
import Units

/// A socket that a test opens, closed with the test.
final class OpenSocket {
    struct Refused: Error {
        var call: String
        var errno: Int32
    }

    enum Kind {
        case stream, datagram, raw
    }

    let descriptor: Int32
    private let family: Int32

    init(_ family: Int32, _ kind: Kind, protocol number: Int32 = 0) throws {
        let type =
            switch kind {
            case .stream: SOCK_STREAM
            case .datagram: SOCK_DGRAM
            case .raw: SOCK_RAW
            }
        descriptor = socket(family, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), number)
        self.family = family
        try check(descriptor, "socket")
    }

    /// What a listener accepts.
    init(acceptedBy listener: OpenSocket) throws {
        descriptor = accept(listener.descriptor, nil, nil)
        family = listener.family
        try check(descriptor, "accept")
    }

    deinit { close(descriptor) }

    private func check(_ result: Int32, _ call: String) throws {
        if result < 0 { throw Refused(call: call, errno: errno) }
    }

    /// As `/proc/PID/fd` and the kernel's tables name it.
    var inode: UInt32 {
        var status = stat()
        fstat(descriptor, &status)
        return UInt32(truncatingIfNeeded: status.st_ino)
    }

    // MARK: Addresses

    /// The bytes of a `struct sockaddr_in` or `sockaddr_in6`.
    private func name(_ address: IPAddress, _ port: UInt16) -> [UInt8] {
        let start = [UInt8(family), 0, UInt8(port >> 8), UInt8(port & 0xFF)]
        let zeros: [UInt8] = [0, 0, 0, 0]
        return address.isV6
            ? start + zeros + address.bytes + zeros : start + address.bytes + zeros + zeros
    }

    private func with<Result>(
        _ name: [UInt8], _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) throws -> Result {
        try name.withUnsafeBytes { bytes in
            let start = try #require(bytes.baseAddress)
            return body(start.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
    }

    func bind(_ address: IPAddress, port: UInt16 = 0) throws {
        try bind(name: name(address, port))
    }

    /// A UNIX socket's: a path, or a NUL and any bytes.
    func bind(unix path: [UInt8]) throws { try bind(name: [UInt8(AF_UNIX), 0] + path) }

    private func bind(name: [UInt8]) throws {
        try check(try with(name) { Glibc.bind(descriptor, $0, $1) }, "bind")
    }

    func connect(_ address: IPAddress, port: UInt16) throws {
        try connect(name: name(address, port))
    }

    func connect(unix path: [UInt8]) throws { try connect(name: [UInt8(AF_UNIX), 0] + path) }

    private func connect(name: [UInt8]) throws {
        try check(try with(name) { Glibc.connect(descriptor, $0, $1) }, "connect")
    }

    var port: UInt16 {
        var bytes = [UInt8](repeating: 0, count: 28)
        var length = socklen_t(bytes.count)
        bytes.withUnsafeMutableBytes { memory in
            guard let start = memory.baseAddress else { return }
            getsockname(descriptor, start.assumingMemoryBound(to: sockaddr.self), &length)
        }
        return UInt16(bytes[2]) << 8 | UInt16(bytes[3])
    }

    // MARK: Settings and data

    func listen(backlog: Int32) throws {
        try check(Glibc.listen(descriptor, backlog), "listen")
    }

    func set(_ level: Int32, _ option: Int32, _ value: Int32) throws {
        var value = value
        try check(
            setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)),
            "setsockopt")
    }

    func send(bytes count: Int) throws {
        let data = [UInt8](repeating: 0, count: count)
        try check(Int32(Glibc.send(descriptor, data, count, 0)), "send")
    }

    /// Reads one datagram that waits.
    func receive() throws {
        var data = [UInt8](repeating: 0, count: 65536)
        try check(Int32(recv(descriptor, &data, data.count, Int32(MSG_DONTWAIT))), "recv")
    }

    /// Reads all datagrams that wait, and tells how many there were.
    func drain() -> Int {
        var data = [UInt8](repeating: 0, count: 65536)
        var count = 0
        while recv(descriptor, &data, data.count, Int32(MSG_DONTWAIT)) >= 0 { count += 1 }
        return count
    }
}

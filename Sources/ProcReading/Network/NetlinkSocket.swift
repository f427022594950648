internal import CLinux
internal import Glibc
package import ProcFormats
package import SystemPackage

/// A netlink socket, with one buffer used again for every answer; `netlink(7)`.
///
/// It belongs to the network namespace in which it was opened, wherever its thread goes after that.
package final class NetlinkSocket {
    /// NETLINK_ROUTE, NETLINK_SOCK_DIAG and NETLINK_GENERIC.
    package enum Family: Int32 {
        case route = 0
        case socketDiagnosis = 4
        case generic = 16
    }

    private let descriptor: Int32
    private var sequence: UInt32 = 0
    /// An answer was not read to its end: the kernel refuses a new request meanwhile.
    private var isUnfinished = false
    private let buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: bufferSize, alignment: 16)

    /// The kernel fills up to 32 KB at a time, and makes no use of more than that.
    private static let bufferSize = 64 * 1024
    /// It answers at once, or not at all.
    private static let mostSeconds: Int32 = 2

    /// Opens one in the network namespace of the calling thread.
    package init(_ family: Family) throws(Errno) {
        descriptor = socket(
            AF_NETLINK, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), family.rawValue)
        guard descriptor >= 0 else { throw Errno.current }
        clinux_limit_receive(descriptor, Self.mostSeconds)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        buffer.deallocate()
    }

    /// Sends a request and calls `body` with each message of the answer, and the bytes it is in,
    /// which it must not keep. Throws what the kernel refuses with: ENOENT where a module is
    /// missing, or there is no such thing; EPERM. Tells whether the answer is torn: see
    /// `NetlinkMessage.isTorn`.
    @discardableResult
    package func ask(
        _ request: NetlinkRequest, _ body: (NetlinkMessage, Span<UInt8>) -> Void
    ) throws(Errno) -> Bool {
        drain()
        var request = request
        sequence &+= 1
        request.sequence = sequence
        guard request.bytes.withUnsafeBytes({ send(descriptor, $0.baseAddress, $0.count, 0) }) > 0
        else { throw Errno.current }
        isUnfinished = true
        var isTorn = false
        while isUnfinished {
            let count = try receive()
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            let result = Result { () throws(ParseError) in
                try read(bytes.bindMemory(to: UInt8.self).span, isDump: request.isDump) {
                    isTorn = isTorn || $0.isTorn
                    body($0, $1)
                }
            }
            switch result {
            case .success(.failed(let number)): throw Errno(rawValue: number)
            case .success: break
            case .failure: throw Errno.badMessage
            }
        }
        return isTorn
    }

    /// Sends requests that are answered by one message each, all at once, and calls `body` with those
    /// answers that come. The kernel refuses some where what they ask for is gone, and loses some
    /// where there is no room.
    package func askEach(
        _ requests: [NetlinkRequest], _ body: (NetlinkMessage, Span<UInt8>) -> Void
    ) {
        drain()
        let first = sequence &+ 1
        var all: [UInt8] = []
        for var request in requests {
            sequence &+= 1
            request.sequence = sequence
            all += request.bytes
        }
        guard all.withUnsafeBytes({ send(descriptor, $0.baseAddress, $0.count, 0) }) == all.count
        else { return }
        var left = requests.count
        while left > 0 {
            // Of those that were sent, some may still come: they are thrown away before the next.
            isUnfinished = true
            guard let count = try? receive() else { return }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                .bindMemory(to: UInt8.self).span
            var offset = 0
            while let message = try? NetlinkMessage(nextIn: bytes, at: &offset) {
                guard message.sequence &- first < UInt32(requests.count) else { continue }
                left -= 1
                let refusal = try? message.ending(in: bytes)
                if refusal == nil { body(message, bytes) }
            }
        }
        isUnfinished = false
    }

    /// Tells how the answer ended, if it did in these bytes.
    private func read(
        _ bytes: Span<UInt8>, isDump: Bool, _ body: (NetlinkMessage, Span<UInt8>) -> Void
    ) throws(ParseError) -> NetlinkMessage.Ending? {
        var offset = 0
        while let message = try NetlinkMessage(nextIn: bytes, at: &offset) {
            // What is left of an answer that nobody waited for.
            guard message.sequence == sequence else { continue }
            let ending = try message.ending(in: bytes)
            if ending == nil { body(message, bytes) }
            if ending != nil || !isDump {
                isUnfinished = false
                return ending ?? .complete
            }
        }
        return nil
    }

    /// One piece of an answer.
    private func receive(_ flags: Int32 = 0) throws(Errno) -> Int {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, flags | Int32(MSG_TRUNC))
            if count > buffer.count { throw Errno.messageTooLong }
            if count > 0 { return count }
            guard count < 0, errno == EINTR else { throw count == 0 ? Errno.noData : Errno.current }
        }
    }

    /// Throws away what is left of the answer before.
    private func drain() {
        while isUnfinished {
            isUnfinished = (try? receive(Int32(MSG_DONTWAIT))) != nil
        }
    }
}

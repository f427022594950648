import CLinux
import Glibc
import Synchronization

/// Hands values from other threads to the run loop, which waits on `fileDescriptor` with poll(2)
/// among its other sources.
final class Mailbox<Value: Sendable>: Sendable {
    /// Readable while there is something to take; see `eventfd(2)`.
    let fileDescriptor: Int32
    private let values = Mutex<[Value]>([])

    init() {
        fileDescriptor = clinux_eventfd()
    }

    deinit { close(fileDescriptor) }

    func post(_ value: Value) {
        values.withLock { $0.append(value) }
        var one: UInt64 = 1
        // A full counter still wakes the reader, so the result says nothing we need.
        _ = write(fileDescriptor, &one, 8)
    }

    /// Everything that has arrived, oldest first.
    func takeAll() -> [Value] {
        var count: UInt64 = 0
        _ = read(fileDescriptor, &count, 8)
        return values.withLock { values in
            defer { values.removeAll(keepingCapacity: true) }
            return values
        }
    }
}

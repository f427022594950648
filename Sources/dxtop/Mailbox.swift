import CLinux
import Glibc
import Synchronization

/// Hands values from other threads to the run loop, which waits on `fileDescriptor` with poll(2)
/// among its other sources.
///
/// While the terminal stands still (Ctrl-S) nothing is taken. Of values that may be dropped it then
/// keeps only the newest few.
final class Mailbox<Value: Sendable>: Sendable {
    /// Readable while there is something to take; see `eventfd(2)`.
    let fileDescriptor: Int32
    private let mostDroppable: Int
    private let isDroppable: @Sendable (Value) -> Bool
    private let values = Mutex<[Value]>([])

    /// - Parameters:
    ///   - mostDroppable: how many values that may be dropped wait at most; from 1.
    ///   - isDroppable: whether a value may be dropped for a newer such one.
    init(mostDroppable: Int, isDroppable: @escaping @Sendable (Value) -> Bool) {
        self.mostDroppable = max(1, mostDroppable)
        self.isDroppable = isDroppable
        fileDescriptor = clinux_eventfd()
    }

    deinit { close(fileDescriptor) }

    func post(_ value: Value) {
        values.withLock { values in
            if isDroppable(value) { makeRoom(in: &values) }
            values.append(value)
        }
        var one: UInt64 = 1
        // A full counter still wakes the reader, so the result says nothing we need.
        _ = write(fileDescriptor, &one, 8)
    }

    /// Drops the oldest value that may be, where there are as many as may wait.
    private func makeRoom(in values: inout [Value]) {
        guard values.count >= mostDroppable,
            values.count(where: isDroppable) >= mostDroppable,
            let oldest = values.firstIndex(where: isDroppable)
        else { return }
        values.remove(at: oldest)
    }

    /// Everything that has arrived and was kept, oldest first.
    func takeAll() -> [Value] {
        var count: UInt64 = 0
        _ = read(fileDescriptor, &count, 8)
        // The memory goes with the values: after a long stand there may be much of it.
        return values.withLock { values in
            let taken = values
            values = []
            return taken
        }
    }
}

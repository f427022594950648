import CLinux
import Glibc
import Synchronization

/// Tells another thread to end, also while that waits in poll(2). Once raised it stays so.
package final class StopSign: Sendable {
    /// Readable from the moment it is raised; see `eventfd(2)`. -1 where the system has no
    /// descriptor to give: then nobody who sleeps is woken, whoever polls it still sees it.
    package let fileDescriptor: Int32
    private let raised = Atomic(false)

    package init() { fileDescriptor = clinux_eventfd() }

    deinit {
        if fileDescriptor >= 0 { close(fileDescriptor) }
    }

    /// May be called from a signal handler.
    package func raise() {
        raised.store(true, ordering: .releasing)
        var one: UInt64 = 1
        _ = write(fileDescriptor, &one, MemoryLayout<UInt64>.size)
    }

    package var isRaised: Bool { raised.load(ordering: .acquiring) }

    /// Sleeps until it is raised, `time` at most.
    ///
    /// - Returns: whether it is raised.
    @discardableResult
    package func wait(atMost time: Duration) -> Bool {
        var source = pollfd(fd: fileDescriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = (time / .milliseconds(1)).rounded(.up)
        _ = poll(&source, 1, Int32(max(0, min(milliseconds, 3_600_000))))
        return isRaised
    }
}

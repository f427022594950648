internal import CLinux
internal import Glibc
package import ProcFormats
package import Units

/// Something to sleep on that another thread can end.
package final class WakeUp: Sendable {
    private let descriptor: Int32

    package init() throws(ProcError) {
        descriptor = clinux_eventfd()
        guard descriptor >= 0 else { throw .failed(path: "eventfd", errno: errno) }
    }

    deinit { close(descriptor) }

    package func signal() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    package func wait(atMost time: Nanoseconds) {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // Rounded up: waking early would only wait again.
        let milliseconds = Int32(clamping: (time.rawValue + 999_999) / 1_000_000)
        guard Glibc.poll(&poll, 1, milliseconds) > 0 else { return }
        var count: UInt64 = 0
        _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
    }
}

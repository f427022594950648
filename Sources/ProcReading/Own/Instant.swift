internal import Glibc
package import Units

/// A moment on the monotonic clock, which no change of the date moves: 8 bytes, since every thread
/// keeps some.
package struct Instant: Hashable, Comparable, Sendable {
    /// Since boot, time asleep not counted; `clock_gettime(2)`, CLOCK_MONOTONIC.
    package let nanoseconds: UInt64

    package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    package static var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: time.inNanoseconds)
    }

    @inlinable
    package static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }

    @inlinable
    package func since(_ earlier: Instant) -> Nanoseconds {
        Nanoseconds(nanoseconds).since(Nanoseconds(earlier.nanoseconds))
    }

    @inlinable
    package func advanced(by time: Nanoseconds) -> Instant {
        Instant(nanoseconds: nanoseconds &+ time.rawValue)
    }
}

extension WallTime {
    /// Now, by CLOCK_REALTIME.
    package static var now: WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
    }
}

extension Nanoseconds {
    /// Time since boot, time asleep included, by CLOCK_BOOTTIME.
    package static var sinceBoot: Nanoseconds {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Nanoseconds(time.inNanoseconds)
    }
}

extension timespec {
    package var inNanoseconds: UInt64 { UInt64(tv_sec) &* 1_000_000_000 &+ UInt64(tv_nsec) }
}

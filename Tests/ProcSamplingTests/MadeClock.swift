import Synchronization
import Units

@testable import ProcSampling

/// A clock that stands still until the test moves it on.
final class MadeClock: Sendable {
    /// Since boot, in nanoseconds.
    private let time = Mutex<UInt64>(1_000_000_000_000)

    func pass(_ duration: Duration) {
        time.withLock { $0 += duration.inNanoseconds.rawValue }
    }

    var sampleClock: SampleClock {
        SampleClock(
            instant: { [self] in Instant(nanoseconds: time.withLock(\.self)) },
            sinceBoot: { [self] in Nanoseconds(time.withLock(\.self)) },
            wallTime: { [self] in
                let time = time.withLock(\.self)
                return WallTime(
                    seconds: 1_700_000_000 + Int64(time / 1_000_000_000),
                    nanoseconds: Int32(time % 1_000_000_000))
            })
    }
}

import SystemPackage
import Units

/// Where threads are that run: by a sample of each that the kernel takes when its time is up, without
/// stopping it; `perf_event_open(2)`.
enum RunningThreads {
    /// Each takes a ring of 128 KB.
    private static let most = 64
    /// A thread that got no CPU for so long has no sample.
    private static let patience = Duration.milliseconds(200)
    private static let period = Duration.milliseconds(5)
    private static let frequency = 999

    /// One of each thread, where it can be had.
    static func samples(of threads: [ThreadID], until stop: StopSign) -> [ThreadID: TakenSample] {
        var watched = threads.prefix(most).compactMap { Watch($0) }
        var samples: [ThreadID: TakenSample] = [:]
        let deadline = ContinuousClock.now + patience
        while !watched.isEmpty, ContinuousClock.now < deadline {
            let isStopped = stop.wait(atMost: period)
            watched.removeAll { watch in
                guard let sample = watch.sample() else { return false }
                samples[watch.thread] = sample
                return true
            }
            if isStopped { break }
        }
        return samples
    }

    private struct Watch {
        let thread: ThreadID
        private let event: PerfEvent
        private let ring: PerfRing
        private let fields: PerfFields

        /// Nil without the right, or where the thread is gone.
        init?(_ thread: ThreadID) {
            self.thread = thread
            var request = PerfRequest(.cpuClock)
            request.rate = .frequency(frequency)
            request.fields = [
                .instructionPointer, .thread, .callChain, .userRegisters, .userStack,
            ]
            request.stackBytes = 32 << 10
            fields = request.fields
            do throws(Errno) {
                event = try Self.open(request, thread)
                ring = try PerfRing(ofUpTo: 128 << 10, for: event)
                try event.enable()
            } catch {
                return nil
            }
        }

        private static func open(
            _ request: PerfRequest, _ thread: ThreadID
        ) throws(Errno) -> PerfEvent {
            do throws(Errno) {
                return try PerfEvent(request, thread: thread)
            } catch .permissionDenied {
                var userOnly = request
                userOnly.excludesKernel = true
                return try PerfEvent(userOnly, thread: thread)
            }
        }

        /// The first that is there.
        func sample() -> TakenSample? {
            var first: TakenSample?
            ring.drain { bytes in
                guard first == nil, let record = try? PerfRecord(parsing: bytes, fields),
                    case .sample(let sample) = record
                else { return }
                first = TakenSample(sample, bytes, weight: 1)
            }
            return first
        }
    }
}

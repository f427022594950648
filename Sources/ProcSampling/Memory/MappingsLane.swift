internal import Glibc
internal import ProcFormats
internal import Synchronization
internal import Units

/// Reads mappings on a thread of its own: a read of `smaps` waits for the lock on the process's
/// memory, and makes the process wait for it in turn.
///
/// A reading ends early when nobody wants it any more. One in which a single read takes too long is
/// given up and costs the lane its thread, which is left behind until the read returns; when there
/// are `mostThreads` of them, nothing more is read.
final class MappingsLane: Sendable {
    /// Reads one process's mappings. May block for ever.
    typealias Read = @Sendable (ProcessIdentity, Session) -> Void

    private struct State {
        var wish: Interest.MappingsWish?
        /// The latest reading, of `wish.process` or of the one wished for last.
        var reading: MappingsReading?
        var began = Instant(nanoseconds: 0)
        /// The wish that it answers.
        var answered: Int?
        /// Goes up with each reading and when one is given up; a reading that finds another number
        /// than its own ends.
        var job = 0
        var isReading = false
        /// The reading's last sign of life: the end of a read.
        var sign = Instant(nanoseconds: 0)
        /// All that are alive, those left behind included.
        var threads = 0
    }

    static let mostThreads = 4
    private let shortestPause: Nanoseconds
    private let deadline: Nanoseconds
    private let read: Read
    private let changed: @Sendable () -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - pause: From the end of a reading to the next that nobody asked for. It is at least 20
    ///     times as long as the reading took, so that the process waits for us a twentieth of its
    ///     time at most.
    ///   - deadline: What one read may take. That of `smaps_rollup` takes 10 to 25 ms for each GiB.
    ///   - changed: Called without a lock, on the lane's thread, when there is more to see.
    init(
        pause: Duration = .seconds(10), deadline: Duration = .seconds(10),
        changed: @escaping @Sendable () -> Void, read: @escaping Read
    ) {
        shortestPause = pause.inNanoseconds
        self.deadline = deadline.inNanoseconds
        self.changed = changed
        self.read = read
    }

    /// The lane for a tree.
    convenience init(root: ProcRoot, changed: @escaping @Sendable () -> Void) {
        self.init(changed: changed) { process, session in
            MappingsReader(root: root, session: session).read(process)
        }
    }

    /// What there is of the process that is wished for, as far as it is known by now.
    var reading: MappingsReading? {
        state.withLock { state in
            guard var reading = state.reading, reading.process == state.wish?.process else {
                return nil
            }
            if state.isReading { reading.duration = Duration(Instant.now.since(state.began)) }
            return reading
        }
    }

    /// Tells whose mappings are wanted, at each refresh and whenever that changes: starts what is
    /// due, and gives up what hangs.
    func want(_ wish: Interest.MappingsWish?) {
        let job: (number: Int, process: ProcessIdentity)? = state.withLock { state in
            drop(&state, for: wish)
            state.wish = wish
            if state.isReading, Instant.now.since(state.sign) > deadline {
                end(&state, .failed(.failed(path: "smaps", errno: ETIMEDOUT)))
            }
            guard let wish, !state.isReading, isDue(state, wish) else { return nil }
            return begin(&state, wish)
        }
        guard let job else { return }
        let isStarted = DetachedThread.start(name: "dxtop:mappings", stackSize: 256 * 1024) {
            self.read(job.process, Session(lane: self, job: job.number))
            self.finish(job.number)
        }
        if !isStarted {
            state.withLock { state in
                state.threads -= 1
                end(&state, .failed(.failed(path: "smaps", errno: EAGAIN)))
            }
        }
    }

    /// Ends a reading of a process that is not wanted any more.
    private func drop(_ state: inout State, for wish: Interest.MappingsWish?) {
        guard wish?.process != state.reading?.process else { return }
        if state.isReading {
            state.job += 1
            state.isReading = false
            // Cut short, it answered nobody: whoever comes back gets another at once.
            state.answered = nil
        }
        if wish != nil { state.reading = nil }
    }

    private func isDue(_ state: State, _ wish: Interest.MappingsWish) -> Bool {
        guard let next = state.reading?.nextAt, state.answered == wish.number else { return true }
        return .sinceBoot >= next
    }

    /// When a reading that ends now is repeated.
    private func next(after duration: Nanoseconds) -> Nanoseconds {
        .sinceBoot + max(shortestPause, Nanoseconds(20 * duration.rawValue))
    }

    private func begin(
        _ state: inout State, _ wish: Interest.MappingsWish
    ) -> (number: Int, process: ProcessIdentity)? {
        let number = (state.reading?.number ?? 0) + 1
        let canStart = state.threads < Self.mostThreads
        guard canStart || state.reading == nil else { return nil }
        state.reading = MappingsReading(
            process: wish.process, number: number, moment: .sinceBoot, time: .now,
            progress: canStart ? .reading : .failed(.failed(path: "smaps", errno: EAGAIN)))
        guard canStart else {
            state.reading?.nextAt = next(after: Nanoseconds(0))
            state.answered = wish.number
            return nil
        }
        state.answered = wish.number
        state.began = .now
        state.sign = .now
        state.isReading = true
        state.threads += 1
        state.job += 1
        return (state.job, wish.process)
    }

    private func end(_ state: inout State, _ progress: MappingsReading.Progress) {
        state.job += 1
        state.isReading = false
        let duration = Instant.now.since(state.began)
        state.reading?.progress = progress
        state.reading?.duration = Duration(duration)
        state.reading?.nextAt = next(after: duration)
    }

    /// The thread of a reading comes to its end.
    private func finish(_ job: Int) {
        state.withLock { state in
            state.threads -= 1
            // It was still wanted and said nothing of its end.
            if state.job == job { end(&state, .failed(.failed(path: "smaps", errno: EIO))) }
        }
        changed()
    }

    // MARK: What a reading does

    /// One reading's line to the lane.
    struct Session: Sendable {
        fileprivate let lane: MappingsLane
        fileprivate let job: Int

        /// Whether it is still wanted. Asked between reads, which is the sign that it lives.
        var goesOn: Bool {
            lane.state.withLock { state in
                guard state.job == job else { return false }
                state.sign = .now
                return true
            }
        }

        /// Shows the sums.
        func publish(_ rollup: MappingsReading.Rollup) {
            update { $0.rollup = rollup }
            lane.changed()
        }

        /// Shows what was read so far.
        func publish(_ mappings: [Mapping]) {
            update { $0.mappings = mappings }
        }

        func end(_ progress: MappingsReading.Progress) {
            lane.state.withLock { state in
                guard state.job == job else { return }
                lane.end(&state, progress)
            }
        }

        private func update(_ change: (inout MappingsReading) -> Void) {
            lane.state.withLock { state in
                guard state.job == job, var reading = state.reading else { return }
                change(&reading)
                state.reading = reading
                state.sign = .now
            }
        }
    }
}

internal import Glibc
internal import Synchronization
internal import Units

/// Reads mounted file systems on a thread of its own: one whose server or program is stuck does not
/// answer, and takes the thread that asks with it.
///
/// One that takes longer than the deadline is silent: the thread is left behind, and it is not asked
/// again before that thread comes back. While `mostAbandoned` are left behind, nothing is read.
final class MountsLane: Sendable {
    private struct State {
        /// With what it remembers of earlier readings; nil while a thread has it.
        var reader: MountReader?
        var mounts: [MountSample] = []
        var isReading = false
        /// Goes up with each reading, and when one is given up.
        var job = 0
        /// Which device is asked, and since when.
        var asked: (device: String, since: Instant)?
        var silent: [String: WallTime] = [:]
        var abandoned = 0
        var nextAt = Instant(nanoseconds: 0)
    }

    static let mostAbandoned = 4
    private let root: ProcRoot
    private let period: Nanoseconds
    private let deadline: Nanoseconds
    private let state = Mutex(State())

    init(root: ProcRoot, period: Duration = .seconds(5), deadline: Duration = .seconds(2)) {
        self.root = root
        self.period = period.inNanoseconds
        self.deadline = deadline.inNanoseconds
    }

    /// The latest reading.
    var mounts: [MountSample] { state.withLock { $0.mounts } }

    /// Begins a reading where one is due, and gives up on a file system that does not answer.
    ///
    /// - Parameter processes: all but kernel threads; called where they are needed.
    func refresh(_ processes: () -> [MountReader.Process]) {
        // A captured tree says nothing of how full they were.
        guard root.isProcfs else { return }
        let now = Instant.now
        let begun: (job: Int, reader: MountReader, silent: [String: WallTime])? = state.withLock {
            state in
            if let asked = state.asked, now.since(asked.since) > deadline {
                state.silent[asked.device] = .now
                state.abandoned += 1
                state.job += 1
                (state.asked, state.isReading) = (nil, false)
                state.nextAt = now
            }
            guard !state.isReading, now >= state.nextAt, state.abandoned < Self.mostAbandoned else {
                return nil
            }
            state.isReading = true
            state.job += 1
            state.nextAt = now.advanced(by: period)
            let reader = state.reader ?? MountReader(root: root)
            state.reader = nil
            return (state.job, reader, state.silent)
        }
        guard let begun else { return }
        let all = processes()
        let isStarted = DetachedThread.start(name: "dxtop:mounts", stackSize: 256 * 1024) {
            self.read(all, as: begun.job, begun.reader, begun.silent)
        }
        if !isStarted { state.withLock { $0.isReading = false } }
    }

    private func read(
        _ processes: [MountReader.Process], as job: Int, _ reader: MountReader,
        _ silent: [String: WallTime]
    ) {
        var reader = reader
        var isLate = false
        let mounts = reader.read(processes, silent: silent) { device in
            self.state.withLock { state in
                if state.job == job {
                    state.asked = device.map { ($0, .now) }
                } else if !isLate {
                    // What held it up is over: it may be asked again.
                    isLate = true
                    state.abandoned -= 1
                    state.silent.removeAll()
                }
            }
        }
        state.withLock { state in
            guard state.job == job else { return }
            state.isReading = false
            state.mounts = mounts
            state.reader = reader
        }
    }
}

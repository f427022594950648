internal import Samples
internal import Units

/// Who waited for a CPU over the last 30 s, process by process; only those that wait at all.
struct CPUWaits: Sendable {
    /// How long it must go on: a build, or a program that starts, fills the CPUs for a while.
    static let span = Nanoseconds(30_000_000_000)
    /// A process begins to matter once its threads wait this share of the time together.
    private static let leastDelay = Percent(5.0)

    private var slices: [ProcessIdentity: [Slice]] = [:]
    /// How much of the CPUs was idle, refresh by refresh, as far back as the slices go.
    private var idle: [Idle] = []

    private struct Idle: Sendable {
        var end: Nanoseconds
        /// Nil where it is not known.
        var share: Percent?
    }

    /// What a process got of one refresh, in seconds of CPU time.
    private struct Slice: Sendable {
        var end: Nanoseconds
        var length: Double
        var run: Double
        var delay: Double
        var worst: DelayedThread?
        var talksOverSockets: Bool
    }

    /// What a process got of the last 30 s.
    struct Wait: Sendable {
        var process: ProcessIdentity
        /// The time that is known, in seconds, and CPU time of all its threads: used and waited for.
        var seconds: Double
        var run: Double
        var delay: Double
        /// The same of the last 10 s.
        var recent: Share
        /// The thread that waited most.
        var worst: Thread?
        /// At some refresh: a service whose clients come and go remains one.
        var talksOverSockets: Bool

        var share: Share { Share(run: run, delay: delay) }
    }

    struct Thread: Sendable {
        var id: ThreadIdentity
        var run: Double
        var delay: Double
        /// It gave up the CPU less than once a second whenever that was sampled; nil if it hardly
        /// ever was.
        var neverSleeps: Bool?
        /// Of `run`, in the kernel, as far as that is known.
        var system: Double
    }

    /// How much of the time that CPU was wanted it was waited for.
    struct Share: Hashable, Sendable {
        var percent: Double

        init(run: Double, delay: Double) {
            percent = run + delay > 0 ? 100 * delay / (run + delay) : 0
        }
    }

    mutating func add(_ snapshot: Snapshot) {
        guard let interval = snapshot.interval else { return }
        let length = interval / .seconds(1)
        // The one that is over the edge counts in full: refreshes may be far apart.
        let start = snapshot.moment.since(Self.span)
        idle.append(Idle(end: snapshot.moment, share: snapshot.host.cpu?.idle))
        idle.removeAll { $0.end <= start }
        var now: [ProcessIdentity: [Slice]] = [:]
        for process in snapshot.processes {
            guard let delay = process.runDelay, let run = process.cpu,
                delay >= Self.leastDelay || (!slices.isEmpty && slices[process.id] != nil)
            else { continue }
            var known = slices.removeValue(forKey: process.id) ?? []
            known.append(
                Slice(
                    end: snapshot.moment, length: length,
                    run: Double(run.rawValue) / 100 * length,
                    delay: Double(delay.rawValue) / 100 * length, worst: process.mostDelayed,
                    talksOverSockets: process.talksOverSockets == true))
            known.removeAll { $0.end <= start }
            guard known.contains(where: { $0.delay > 0 }) else { continue }
            now[process.id] = known
        }
        slices = now
    }

    /// What is known of whom for 30 s.
    var waits: [Wait] {
        slices.compactMap { process, slices in
            let seconds = slices.reduce(0) { $0 + $1.length }
            guard let end = slices.last?.end, seconds >= 0.95 * Self.span.seconds else {
                return nil
            }
            let lately = slices.filter { end.since($0.end).seconds < 10 }
            return Wait(
                process: process, seconds: seconds, run: slices.reduce(0) { $0 + $1.run },
                delay: slices.reduce(0) { $0 + $1.delay },
                recent: Share(
                    run: lately.reduce(0) { $0 + $1.run },
                    delay: lately.reduce(0) { $0 + $1.delay }),
                worst: Self.worst(of: slices),
                talksOverSockets: slices.contains { $0.talksOverSockets })
        }
    }

    /// Whether at least this share of the CPUs was idle at each refresh of the time that the waits are of;
    /// where it is not known of one, it was not.
    func wereCPUsIdle(_ least: Percent) -> Bool {
        !idle.isEmpty && idle.allSatisfy { $0.share.map { $0 >= least } ?? false }
    }

    private static func worst(of slices: [Slice]) -> Thread? {
        var sums:
            [ThreadIdentity: (
                run: Double, delay: Double, system: Double, samples: Int, sleeps: Int
            )] =
                [:]
        for slice in slices {
            guard let thread = slice.worst else { continue }
            var sum = sums[thread.id] ?? (0, 0, 0, 0, 0)
            sum.run += Double(thread.cpu.rawValue) / 100 * slice.length
            sum.delay += Double(thread.runDelay.rawValue) / 100 * slice.length
            sum.system += Double(thread.system?.rawValue ?? 0) / 100 * slice.length
            if let rate = thread.voluntarySwitches {
                sum.samples += 1
                sum.sleeps += rate < CPUStarvation.mostSwitches ? 0 : 1
            }
            sums[thread.id] = sum
        }
        return sums.max { $0.value.delay < $1.value.delay }.map { id, sum in
            Thread(
                id: id, run: sum.run, delay: sum.delay,
                neverSleeps: sum.samples == 0 ? nil : sum.sleeps == 0, system: sum.system)
        }
    }
}

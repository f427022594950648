import CLinux
import Glibc
import Synchronization

/// Threads of this very process whose behaviour is known: idle ones and spinners.
final class LoadThreads: Sendable {
    private let isStopped = Atomic(false)
    private let tids = Mutex<[Int32]>([])

    enum Behaviour: Sendable {
        case idle
        case spin
        /// Uses the given share of one CPU, in short bursts.
        case share(Double)
        /// Reads one byte from a descriptor.
        case read(Int32)
        /// Reads one byte from a descriptor, and then uses the given share of one CPU.
        case shareAfter(Int32, Double)
        /// Lives that many microseconds, then is replaced.
        case churn(UInt32)
    }

    private final class Work: Sendable {
        let load: LoadThreads
        let behaviour: Behaviour
        init(_ load: LoadThreads, _ behaviour: Behaviour) {
            self.load = load
            self.behaviour = behaviour
        }
    }

    func start(_ behaviour: Behaviour, count: Int = 1) {
        for _ in 0..<count {
            var attributes = pthread_attr_t()
            pthread_attr_init(&attributes)
            pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
            pthread_attr_setstacksize(&attributes, 64 * 1024)
            defer { pthread_attr_destroy(&attributes) }
            let box = Unmanaged.passRetained(Work(self, behaviour))
            var thread = pthread_t()
            let result = pthread_create(
                &thread, &attributes,
                { argument in
                    guard let argument else { return nil }
                    let work = Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
                    work.load.note(work.behaviour)
                    work.load.run(work.behaviour)
                    return nil
                }, box.toOpaque())
            if result != 0 { box.release() }
        }
    }

    private func note(_ behaviour: Behaviour) {
        if case .churn = behaviour { return }
        var name = [CChar](repeating: 0, count: 64)
        let count = readlink("/proc/thread-self", &name, name.count)
        let path = String(
            decoding: name.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard let tid = path.split(separator: "/").last.flatMap({ Int32($0) }) else { return }
        tids.withLock { $0.append(tid) }
    }

    /// The threads that run by now.
    var threads: [Int32] { tids.withLock { $0 } }

    /// The CPU time of a thread of this process in seconds, exact: its own clock.
    static func time(of tid: Int32) -> Double {
        var time = timespec()
        clock_gettime(clockid_t((~tid << 3) | 6), &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private func run(_ behaviour: Behaviour) {
        switch behaviour {
        case .idle:
            while !isStopped.load(ordering: .relaxed) { usleep(200_000_000) }
        case .spin:
            while !isStopped.load(ordering: .relaxed) {}
        case .read(let descriptor):
            var byte: UInt8 = 0
            _ = Glibc.read(descriptor, &byte, 1)
        case .shareAfter(let descriptor, let share):
            var byte: UInt8 = 0
            _ = Glibc.read(descriptor, &byte, 1)
            run(.share(share))
        case .share(let share):
            let period = 20_000.0
            while !isStopped.load(ordering: .relaxed) {
                spin(microseconds: period * share)
                usleep(UInt32(period * (1 - share)))
            }
        case .churn(let life):
            spin(microseconds: Double(life))
            if !isStopped.load(ordering: .relaxed) { start(.churn(life)) }
        }
    }

    private func spin(microseconds: Double) {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        let end = Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3 + microseconds
        repeat {
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        } while Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3 < end
    }

    /// Ends the threads that run; idle ones sleep on until the process ends.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
    }
}

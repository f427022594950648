import Glibc
import ProcFormats
import ProcReading
import Samples
import SystemPackage
import Units

/// Where the target sleeps, polled in `/proc/PID/task/TID/syscall`. It is not held
/// up, and calls too short to be met in are not seen.
final class PolledCalls: CallSource {
    let method = SystemCallCount.Method.polled
    private(set) var notes: [String]
    let offers: [ProbeOffer]

    private static let period: Duration = .milliseconds(10)
    /// Each takes a descriptor, and 5 KiB of the kernel's memory.
    private static let mostThreads = 256
    /// Our own work is to be at most a hundredth of the time.
    private static let leastIdle = 100

    private let target: CallTarget
    private var files: [ThreadID: FileDescriptor] = [:]
    private var listingDue: ContinuousClock.Instant
    private var found = CallTally()
    private var buffer = [UInt8](repeating: 0, count: 256)

    /// - Parameter reason: why they are not counted, as a sentence.
    init(_ target: CallTarget, because reason: String, offers: [ProbeOffer]) throws(ProbeRefusal) {
        self.target = target
        self.offers = offers
        notes = [
            reason, "It was polled: only calls that it sleeps in are seen, short ones are not.",
        ]
        listingDue = .now + .seconds(1)
        do {
            try list()
        } catch {
            throw ProbeRefusal(
                "the system calls of \(target.label) may not be read: \(error)",
                remedy: geteuid() == 0 ? nil : "run dxtop as root", offer: offers.first)
        }
        guard !files.isEmpty else { throw ProbeRefusal("\(target.label) has ended") }
    }

    deinit { end() }

    func end() {
        for file in files.values { try? file.close() }
        files.removeAll()
    }

    func collect(until moment: ContinuousClock.Instant, unless stop: StopSign) -> Bool {
        while ContinuousClock.now < moment, !files.isEmpty {
            let began = ContinuousClock.now
            if target.thread == nil, began >= listingDue {
                try? list()
                listingDue = began + .seconds(1)
            }
            for (thread, file) in files where !poll(file) {
                try? file.close()
                files[thread] = nil
            }
            let cost = ContinuousClock.now - began
            let pause = max(Self.period - cost, cost * Self.leastIdle)
            if stop.wait(until: min(moment, began + cost + pause)) { break }
        }
        return !files.isEmpty
    }

    func tally() -> CallTally { found }

    /// False once the thread has ended.
    private func poll(_ file: FileDescriptor) -> Bool {
        let count = buffer.withUnsafeMutableBytes {
            (try? file.read(fromAbsoluteOffset: 0, into: $0)) ?? 0
        }
        guard count > 0,
            let record = try? SystemCallRecord(parsing: buffer.span.extracting(0..<count))
        else { return false }
        found.samples += 1
        switch record {
        case .running: found.samplesRunning += 1
        case .blocked(let number, _): found.calls[number, default: CallTally.Figures()].samples += 1
        case .outside: break
        }
        return true
    }

    private func list() throws(Errno) {
        let threads = target.threads
        for thread in threads where files[thread] == nil && files.count < Self.mostThreads {
            do {
                let file = try target.task(thread).open("syscall")
                files[thread] = file
                // On old kernels only reading is refused.
                _ = try buffer.withUnsafeMutableBytes {
                    try file.read(fromAbsoluteOffset: 0, into: $0)
                }
            } catch Errno.noSuchFileOrDirectory, Errno.noSuchProcess {
                continue
            } catch {
                throw error as? Errno ?? .ioError
            }
        }
        if threads.count > Self.mostThreads, notes.count == 2 {
            notes.append("Of its \(threads.count) threads \(Self.mostThreads) are sampled.")
        }
    }
}

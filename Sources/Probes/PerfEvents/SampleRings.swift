import Glibc
import ProcReading
import Samples
import SystemPackage
import Units

/// All events and rings that sample one target.
///
/// A thread is one event. A process is an event for each of its threads on each CPU, which the
/// threads that it begins later inherit at once: looking for new ones now and then would miss how
/// they begin, and an inherited event that is bound to no CPU cannot have a ring. Where that would be
/// too many, and for the host, it is one event for each CPU; samples of others are thrown away. So it is,
/// too, where threads live shorter than the time between two samples: an event that a thread inherits
/// begins with it, and ends before its first sample.
final class SampleRings {
    let fields: PerfFields
    /// Only this process's samples count; nil for all that come.
    private let process: ProcessID?
    private let ringBytes: Int
    private var events: [PerfEvent] = []
    private var rings: [Ring] = []

    private struct Ring {
        /// Nil for wherever the thread runs.
        var cpu: Int32?
        var owner: PerfEvent
        var ring: PerfRing
        /// Which event speaks for a thread. One that began while the events were opened may have its
        /// own and that of its creator.
        var speakers: [ThreadID: UInt64] = [:]
    }

    /// Each takes a descriptor and some KB of the kernel's memory.
    private static let mostEvents = 4096
    private static let cpuCount = Int32(clamping: max(1, sysconf(Int32(_SC_NPROCESSORS_CONF))))

    /// Opens what is needed; nothing is sampled before `enable`.
    ///
    /// - Parameter byCPU: of a process by one event for each CPU, which needs more rights.
    init(_ request: PerfRequest, of target: ProbeTarget, byCPU: Bool = false) throws(Errno) {
        var request = request
        ringBytes = request.stackBytes > 0 ? Self.mostRingBytes : 0
        switch target {
        case .thread(let target):
            (fields, process) = (request.fields, nil)
            try add(try PerfEvent(request, thread: target.thread.tid), on: nil)
        case .process(let target):
            request.fields.insert([.thread, .identifier])
            (fields, process) = (request.fields, target.pid)
            if byCPU {
                try open(request, of: [nil])
            } else {
                try openAll(of: target.pid, request)
            }
        case .host:
            (fields, process) = (request.fields, nil)
            try open(request, of: [nil])
        }
    }

    private func openAll(of process: ProcessID, _ request: PerfRequest) throws(Errno) {
        guard let root = try? ProcRoot() else { throw .noSuchProcess }
        var inherited = request
        inherited.inherits = true
        do throws(Errno) {
            let threads = (try? root.threads(of: process)) ?? []
            try open(inherited, of: threads)
            guard !rings.isEmpty else { throw .noSuchProcess }
            // Of those that began before their creator had its event.
            let later = (try? root.threads(of: process)) ?? []
            try open(inherited, of: Set(later).subtracting(threads))
        } catch .tooManyOpenFiles {
            events = []
            rings = []
            try open(request, of: [nil])
        }
    }

    /// Opens an event on each CPU for each thread; nil is all of them. Those of a CPU share its ring.
    private func open(
        _ request: PerfRequest, of threads: some Collection<ThreadID?>
    ) throws(Errno) {
        guard threads.count * Int(Self.cpuCount) <= Self.mostEvents else {
            throw .tooManyOpenFiles
        }
        for cpu in 0..<Self.cpuCount {
            for thread in threads {
                if let event = try event(request, thread, cpu) { try add(event, on: cpu) }
            }
        }
    }

    private func add(_ event: PerfEvent, on cpu: Int32?) throws(Errno) {
        if let ring = rings.first(where: { $0.cpu == cpu }) {
            try event.share(ringOf: ring.owner)
        } else {
            let ring = try PerfRing(ofUpTo: ringBytes, for: event)
            rings.append(Ring(cpu: cpu, owner: event, ring: ring))
        }
        events.append(event)
    }

    /// Nil for a thread that has ended, and a CPU that is not on.
    private func event(
        _ request: PerfRequest, _ thread: ThreadID?, _ cpu: Int32
    ) throws(Errno) -> PerfEvent? {
        do throws(Errno) {
            return try PerfEvent(request, thread: thread, cpu: cpu)
        } catch .noSuchProcess where thread != nil {
            return nil
        } catch .operationNotSupportedByDevice {
            return nil
        }
    }

    /// Above a second of samples at 99 Hz with 32 KB of stack each; all rings together are bounded,
    /// since their memory is never swapped.
    private static var mostRingBytes: Int { min(4 << 20, (64 << 20) / Int(cpuCount)) }

    func enable() throws(Errno) {
        for event in events { try event.enable() }
    }

    /// Calls `body` with each record that is there and its bytes, CPU by CPU.
    func drain(_ body: (PerfRecord, RawSpan) -> Void) {
        for index in rings.indices {
            rings[index].ring.drain { bytes in
                guard let record = try? PerfRecord(parsing: bytes, fields) else { return }
                if case .sample(let sample) = record, !isWanted(sample, in: index) { return }
                body(record, bytes)
            }
        }
    }

    private func isWanted(_ sample: PerfSample, in ring: Int) -> Bool {
        guard let process else { return true }
        guard sample.process == process else { return false }
        let speaker = rings[ring].speakers[sample.thread] ?? sample.identifier
        rings[ring].speakers[sample.thread] = speaker
        return speaker == sample.identifier
    }
}

extension PerfRing {
    /// The largest ring that fits into what may be locked, kernel.perf_event_mlock_kb for each user
    /// and CPU; 128 KB at least.
    convenience init(ofUpTo byteCount: Int, for event: PerfEvent) throws(Errno) {
        // The largest record is just below 64 KB.
        var size = 128 << 10
        while size * 2 <= byteCount { size *= 2 }
        while size > 128 << 10 {
            do throws(Errno) {
                try self.init(of: event, byteCount: size)
                return
            } catch .notPermitted {
                size /= 2
            } catch .noMemory {
                size /= 2
            }
        }
        try self.init(of: event, byteCount: size)
    }
}

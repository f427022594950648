import CLinux
import Glibc
import ProcReading
import SystemPackage
import Units

/// What the kernel is asked to count or to sample; `perf_event_open(2)`.
struct PerfRequest: Hashable, Sendable {
    var event: Event
    var rate = Rate.counting
    /// What each sample tells.
    var fields: PerfFields = []
    /// Bytes of the stack that go with a sample, with `PerfFields.userStack`: a multiple of 8, below
    /// 64 KB.
    var stackBytes = 0
    /// Also what the target's later threads and child processes do. Their records go to a ring only
    /// if the event is bound to a CPU.
    var inherits = false
    /// What happens in user mode only.
    var excludesKernel = false
    /// Not what a CPU does that has nothing to do.
    var excludesIdle = false
    var reportsMappings = false
    var reportsNames = false
    /// Bytes in the ring at which `poll(2)` finds the event readable; 0 for half of it.
    var wakeupBytes = 0

    init(_ event: Event) { self.event = event }

    enum Event: Hashable, Sendable {
        /// CPU time, in nanoseconds: PERF_COUNT_SW_CPU_CLOCK.
        case cpuClock
        /// PERF_COUNT_SW_PAGE_FAULTS.
        case pageFaults
        /// By the number in its file `id` of tracefs.
        case tracepoint(id: UInt64)
    }

    enum Rate: Hashable, Sendable {
        /// No samples: only `PerfEvent.count`.
        case counting
        /// One sample for so many events.
        case period(UInt64)
        /// So many samples a second, of the time that the target runs.
        case frequency(Int)
    }

    fileprivate var asked: clinux_perf_event {
        var asked = clinux_perf_event()
        switch event {
        case .cpuClock: (asked.type, asked.config) = (1, 0)
        case .pageFaults: (asked.type, asked.config) = (1, 2)
        case .tracepoint(let id): (asked.type, asked.config) = (2, id)
        }
        switch rate {
        case .counting: break
        case .period(let events): asked.period = events
        case .frequency(let samples): (asked.period, asked.is_frequency) = (UInt64(samples), true)
        }
        asked.sample_type = fields.rawValue
        asked.user_registers = fields.contains(.userRegisters) ? PerfRegisters.mask : 0
        asked.user_stack = fields.contains(.userStack) ? UInt32(stackBytes) : 0
        asked.wakeup_bytes = UInt32(wakeupBytes)
        asked.inherits = inherits
        asked.excludes_kernel = excludesKernel
        asked.excludes_idle = excludesIdle
        asked.reports_mappings = reportsMappings
        asked.reports_names = reportsNames
        return asked
    }
}

/// What a sample tells, in the order in which it stands there: PERF_SAMPLE_*.
struct PerfFields: OptionSet, Hashable, Sendable {
    let rawValue: UInt64

    static let instructionPointer = PerfFields(rawValue: 1 << 0)
    static let thread = PerfFields(rawValue: 1 << 1)
    static let time = PerfFields(rawValue: 1 << 2)
    /// The number of the event, that of the creator's where it was inherited.
    static let identifier = PerfFields(rawValue: 1 << 6)
    static let cpu = PerfFields(rawValue: 1 << 7)
    static let callChain = PerfFields(rawValue: 1 << 5)
    static let raw = PerfFields(rawValue: 1 << 10)
    static let userRegisters = PerfFields(rawValue: 1 << 12)
    static let userStack = PerfFields(rawValue: 1 << 13)
}

/// An event that is open, until this goes. Whatever becomes of us, the kernel closes it with us.
final class PerfEvent {
    let descriptor: Int32

    /// Opens it; it counts from `enable` on.
    ///
    /// - Parameters:
    ///   - thread: nil for all threads, on one CPU.
    ///   - cpu: nil for wherever the thread runs.
    init(_ request: PerfRequest, thread: ThreadID?, cpu: Int32? = nil) throws(Errno) {
        var asked = request.asked
        descriptor = clinux_perf_event_open(&asked, thread?.rawValue ?? -1, cpu ?? -1)
        guard descriptor >= 0 else { throw Errno.current }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    func enable() throws(Errno) {
        guard clinux_perf_event_enable(descriptor) == 0 else { throw Errno.current }
    }

    /// Lets its records go to the ring of `other`, which is bound to the same CPU.
    func share(ringOf other: PerfEvent) throws(Errno) {
        guard clinux_perf_event_share_ring(descriptor, other.descriptor) == 0 else {
            throw Errno.current
        }
    }

    /// Takes only those events of a tracepoint that match: "id == 1".
    func filter(_ text: String) throws(Errno) {
        guard clinux_perf_event_filter(descriptor, text) == 0 else {
            throw Errno.current
        }
    }

    /// Events since `enable`, those of threads that inherited it included.
    var count: UInt64? {
        var count: UInt64 = 0
        let size = MemoryLayout<UInt64>.size
        return read(descriptor, &count, size) == size ? count : nil
    }
}

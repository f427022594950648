import CLinux
import Glibc
import ProcReading
import SystemPackage

/// The memory in which the kernel puts the records of an event, and of those that share it; see
/// "MMAP layout" of `perf_event_open(2)`. Nobody waits for room in it: what does not fit is lost, and
/// counted.
final class PerfRing {
    /// The first page is the kernel's and ours to tell each other how far each is.
    private let memory: UnsafeMutableRawBufferPointer
    private let data: UnsafeMutableRawBufferPointer
    /// Where a record is put together that goes on at the start of the ring.
    private var joined: [UInt8] = []

    /// - Parameter byteCount: for records; a power of two of pages.
    init(of event: PerfEvent, byteCount: Int) throws(Errno) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let size = page + byteCount
        let start = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, event.descriptor, 0)
        guard let start, start != MAP_FAILED else { throw Errno.current }
        memory = UnsafeMutableRawBufferPointer(start: start, count: size)
        data = UnsafeMutableRawBufferPointer(rebasing: memory[page...])
    }

    deinit { munmap(memory.baseAddress, memory.count) }

    /// The share of it that waits to be read.
    var fill: Double {
        let head = clinux_perf_ring_head(memory.baseAddress)
        let tail = clinux_perf_ring_tail(memory.baseAddress)
        return Double(head &- tail) / Double(data.count)
    }

    /// Calls `body` with each record that is there, oldest first, and makes room.
    func drain(_ body: (RawSpan) -> Void) {
        let head = clinux_perf_ring_head(memory.baseAddress)
        var tail = clinux_perf_ring_tail(memory.baseAddress)
        while head &- tail >= UInt64(PerfRecord.headerLength) {
            // Records are multiples of 8 bytes, so a header never goes over the end.
            let offset = Int(truncatingIfNeeded: tail) & (data.count - 1)
            let length = PerfRecord.length(at: data.bytes, offset)
            guard length >= PerfRecord.headerLength, UInt64(length) <= head &- tail else { break }
            withRecord(at: offset, length, body)
            tail &+= UInt64(length)
            clinux_perf_ring_release(memory.baseAddress, tail)
        }
        // Of what makes no sense nothing is kept; it would stand in the way for good.
        clinux_perf_ring_release(memory.baseAddress, head)
    }

    private func withRecord(at offset: Int, _ length: Int, _ body: (RawSpan) -> Void) {
        guard offset + length > data.count else {
            let record = UnsafeRawBufferPointer(rebasing: data[offset..<offset + length])
            body(record.bytes)
            return
        }
        joined.removeAll(keepingCapacity: true)
        joined += data[offset...]
        joined += data[..<(length - (data.count - offset))]
        joined.withUnsafeBytes { body($0.bytes) }
    }
}

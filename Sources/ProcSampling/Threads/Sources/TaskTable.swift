internal import CLinux
internal import Glibc
internal import SystemPackage
internal import Units

/// What one pass of the task iterator told, by process. Its memory is used again for every pass, and
/// given back once the machine has become much smaller.
final class TaskTable {
    /// A box may have four million tasks. One on which more than so many ran since the pass before is
    /// not one to be read thread by thread.
    static let mostRecords = 1 << 18

    private typealias Record = clinux_task_record
    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var count = 0
    /// Places of the records, by process, and for each process by thread.
    private var order: [UInt32] = []
    /// The processes of the same, to be searched in.
    private var processes: [UInt32] = []
    /// When the pass began, and the one before.
    private var passedAt: Instant?
    private var passedBefore: Instant?

    /// The kernel gives so much at a time.
    private static let pieceSize = 32 * 1024

    deinit { giveBack(memory) }

    /// Reads a pass to its end, and closes it.
    ///
    /// - Parameter now: when it begins.
    func fill(from pass: Int32, at now: Instant) throws(Errno) {
        defer { close(pass) }
        passedBefore = passedAt
        passedAt = nil
        var used = 0
        count = 0
        order.removeAll(keepingCapacity: true)
        processes.removeAll(keepingCapacity: true)
        while true {
            try makeRoom(for: used + Self.pieceSize)
            let more = read(pass, memory.baseAddress?.advanced(by: used), Self.pieceSize)
            if more == 0 { break }
            guard more > 0 else {
                // It stops now and then where very many tasks in turn have nothing to tell.
                if errno == EINTR || errno == EAGAIN { continue }
                throw Errno.current
            }
            used += more
        }
        guard used % MemoryLayout<Record>.stride == 0 else { throw Errno.badMessage }
        count = used / MemoryLayout<Record>.stride
        arrange()
        passedAt = now
        if memory.count > 4 * (used + Self.pieceSize) { resize(to: used + Self.pieceSize) }
    }

    private func makeRoom(for size: Int) throws(Errno) {
        guard size > memory.count else { return }
        guard size <= Self.mostRecords * MemoryLayout<Record>.stride else { throw Errno.noMemory }
        guard resize(to: max(size, memory.count * 3 / 2)) else { throw Errno.noMemory }
    }

    /// Pages of their own, since malloc(3) would keep what they leave behind as they grow.
    @discardableResult
    private func resize(to size: Int) -> Bool {
        guard
            let start = mmap(
                nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            start != MAP_FAILED
        else { return false }
        let larger = UnsafeMutableRawBufferPointer(start: start, count: size)
        larger.copyMemory(
            from: UnsafeRawBufferPointer(rebasing: memory[..<min(memory.count, size)]))
        giveBack(memory)
        memory = larger
        return true
    }

    private func giveBack(_ memory: UnsafeMutableRawBufferPointer) {
        if let start = memory.baseAddress { munmap(start, memory.count) }
    }

    /// The kernel tells of threads by their number, and those of a process mostly follow each other:
    /// for sorting that is half the work done.
    private func arrange() {
        let records = self.records
        order.append(contentsOf: 0..<UInt32(count))
        order.sort { records[Int($0)].tgid < records[Int($1)].tgid }
        processes.append(contentsOf: order.lazy.map { records[Int($0)].tgid })
    }

    private var records: UnsafeBufferPointer<Record> {
        UnsafeBufferPointer(rebasing: memory.bindMemory(to: Record.self)[..<count])
    }

    /// Those of a process. Valid until the next pass.
    func records(of process: ProcessID) -> TaskRecords {
        let number = UInt32(bitPattern: process.rawValue)
        let start = firstPlace { $0 >= number }
        var end = start
        while end < processes.count, processes[end] == number { end += 1 }
        return TaskRecords(
            passedAt: passedAt, passedBefore: passedBefore, records: records,
            order: order[start..<end])
    }

    private func firstPlace(where isReached: (UInt32) -> Bool) -> Int {
        var low = 0
        var high = processes.count
        while low < high {
            let middle = (low + high) / 2
            if isReached(processes[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// When a thread that was told of was put on a CPU.
    func lastArrival(of thread: Int32) -> UInt64? {
        records.first { $0.tid == UInt32(bitPattern: thread) }?.last_arrival
    }
}

/// The records of one process, by thread.
struct TaskRecords {
    /// When the pass began.
    let passedAt: Instant?
    /// When the one before did; nil where there was none.
    let passedBefore: Instant?
    fileprivate let records: UnsafeBufferPointer<clinux_task_record>
    fileprivate let order: ArraySlice<UInt32>

    var count: Int { order.count }
    var first: TaskRecord? { order.first.map { TaskRecord(records[Int($0)]) } }
    /// How long ago the pass before was.
    var period: Nanoseconds? {
        guard let passedAt, let passedBefore else { return nil }
        return passedAt.since(passedBefore)
    }
}

extension TaskRecords: Sequence {
    struct Iterator: IteratorProtocol {
        fileprivate let records: UnsafeBufferPointer<clinux_task_record>
        fileprivate var places: ArraySlice<UInt32>.Iterator

        mutating func next() -> TaskRecord? {
            places.next().map { TaskRecord(records[Int($0)]) }
        }
    }

    func makeIterator() -> Iterator {
        Iterator(records: records, places: order.makeIterator())
    }
}

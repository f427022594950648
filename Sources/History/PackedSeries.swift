/// Amounts of memory that each hold from a slot of time on until the next: only changes are kept,
/// in one byte where the change is below 1.5 % and the slot before had one, too.
///
/// A change is the difference to the amount before and to its slot, as numbers of seven bits a
/// byte, the low ones first (LEB128). The lowest bit of the first number tells whether the second
/// follows, which is left out for the very next slot.
struct PackedSeries: Sendable {
    struct Point: Hashable, Sendable {
        var slot: UInt32
        var amount: RoundedMemory
    }

    /// The changes after `first`, from `head` on; what is before it was dropped.
    private var bytes: [UInt8] = []
    private var head = 0
    private(set) var first: Point?
    private(set) var last: Point?
    /// Where reading may begin, ascending: what is asked for is mostly of late.
    private var marks: [Mark] = []
    private static let markDistance = 512

    private struct Mark: Sendable {
        var point: Point
        /// Behind the point's bytes.
        var offset: UInt32
    }

    /// Adds a point, whose slot is after that of `last`.
    mutating func append(_ point: Point) {
        guard let last else {
            first = point
            last = point
            return
        }
        makeRoom()
        let difference = Int64(point.amount.number) - Int64(last.amount.number)
        let zigzag = UInt64(bitPattern: (difference << 1) ^ (difference >> 63))
        let step = UInt64(point.slot) - UInt64(last.slot)
        append(zigzag << 1 | (step == 1 ? 0 : 1))
        if step != 1 { append(step) }
        self.last = point
        let marked = marks.last.map { Int($0.offset) } ?? head
        guard bytes.count - marked >= Self.markDistance else { return }
        if marks.count == marks.capacity { marks.reserveCapacity(marks.count + 4) }
        marks.append(Mark(point: point, offset: UInt32(bytes.count)))
    }

    private mutating func append(_ number: UInt64) {
        var rest = number
        while rest > 0x7f {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Room for one more point. Arrays double when they are full, which would waste half of what
    /// this is about: a quarter more has to do.
    private mutating func makeRoom() {
        guard bytes.count + Self.largestPoint > bytes.capacity else { return }
        if head > bytes.count / 8 {
            bytes.removeFirst(head)
            moveMarks()
        } else {
            let more = min(bytes.count / 4, Self.largestGrowth)
            bytes.reserveCapacity(bytes.count + max(more, Self.largestPoint))
        }
    }

    private static let largestPoint = 10
    private static let largestGrowth = 1024

    /// Drops what is not needed to know the amounts from a slot on.
    mutating func trim(to slot: UInt32) {
        guard let first, first.slot < slot else { return }
        var reader = reader(at: slot, first: first)
        while reader.offset < bytes.count {
            let before = reader
            reader.advance(in: bytes)
            guard reader.point.slot <= slot else {
                reader = before
                break
            }
        }
        head = reader.offset
        self.first = reader.point
        let dropped = marks.firstIndex { Int($0.offset) > head } ?? marks.count
        if dropped > 0 { marks.removeFirst(dropped) }
    }

    /// After the bytes before `head` were removed.
    private mutating func moveMarks() {
        for index in marks.indices { marks[index].offset -= UInt32(head) }
        head = 0
    }

    /// Gives back memory that is not used any more.
    mutating func shrink() {
        if marks.capacity > marks.count + 4 || marks.isEmpty { marks = Array(marks) }
        let count = bytes.count - head
        guard bytes.capacity > count + count / 2 + 64 else { return }
        let rest = Array(bytes[head...])
        bytes = rest
        moveMarks()
    }

    /// Calls with the points, oldest first, until the answer is false: all from the one on that
    /// holds at a slot, and before it as many as it takes to find it, a few hundred bytes' worth.
    func forEach(from slot: UInt32 = 0, while body: (Point) -> Bool) {
        guard let first else { return }
        var reader = reader(at: slot, first: first)
        while body(reader.point), reader.offset < bytes.count { reader.advance(in: bytes) }
    }

    /// Begins at the last mark that is not after a slot.
    private func reader(at slot: UInt32, first: Point) -> Reader {
        var low = 0
        var high = marks.count
        while low < high {
            let middle = (low + high) / 2
            if marks[middle].point.slot <= slot { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return Reader(at: first, offset: head) }
        return Reader(at: marks[low - 1].point, offset: Int(marks[low - 1].offset))
    }

    /// Memory held on the heap.
    var byteCount: Int {
        let packed = bytes.capacity == 0 ? 0 : bytes.capacity + Self.arrayHeader
        guard marks.capacity > 0 else { return packed }
        return packed + marks.capacity * MemoryLayout<Mark>.stride + Self.arrayHeader
    }

    /// What an array's storage has before its elements.
    static let arrayHeader = 32

    private struct Reader {
        var point: Point
        var offset: Int

        init(at point: Point, offset: Int) {
            self.point = point
            self.offset = offset
        }

        mutating func advance(in bytes: [UInt8]) {
            let value = number(in: bytes)
            let step = value & 1 == 0 ? 1 : number(in: bytes)
            let zigzag = value >> 1
            let difference = Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
            point.slot &+= UInt32(truncatingIfNeeded: step)
            point.amount = RoundedMemory(
                number: point.amount.number &+ Int32(truncatingIfNeeded: difference))
        }

        private mutating func number(in bytes: [UInt8]) -> UInt64 {
            var number: UInt64 = 0
            var shift: UInt64 = 0
            while offset < bytes.count {
                let byte = bytes[offset]
                offset += 1
                number |= UInt64(byte & 0x7f) << shift
                guard byte & 0x80 != 0 else { break }
                shift += 7
            }
            return number
        }
    }
}

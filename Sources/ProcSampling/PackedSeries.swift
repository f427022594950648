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
            head = 0
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
        var reader = Reader(at: first, offset: head)
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
    }

    /// Gives back memory that is not used any more.
    mutating func shrink() {
        let count = bytes.count - head
        guard bytes.capacity > count + count / 2 + 64 else { return }
        let rest = Array(bytes[head...])
        bytes = rest
        head = 0
    }

    /// Calls with every point, oldest first.
    func forEach(_ body: (Point) -> Void) {
        guard let first else { return }
        var reader = Reader(at: first, offset: head)
        body(reader.point)
        while reader.offset < bytes.count {
            reader.advance(in: bytes)
            body(reader.point)
        }
    }

    /// Memory held on the heap.
    var byteCount: Int {
        bytes.capacity == 0 ? 0 : bytes.capacity + Self.arrayHeader
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

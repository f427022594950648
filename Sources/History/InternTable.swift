/// Values that many rows of the recording share, each kept once and found by a small number. One
/// that no row uses any more makes room.
package struct InternTable<Value: Hashable & Sendable>: Sendable {
    private var slots: [Slot] = []
    private var places: [Value: UInt32] = [:]
    private var free: [UInt32] = []

    private struct Slot {
        var value: Value
        var uses: UInt32
    }

    package init() {}

    /// Values that are in use.
    package var count: Int { places.count }

    /// Places there are, those that are free included.
    var placeCount: Int { slots.count }

    package subscript(place: UInt32) -> Value { slots[Int(place)].value }

    /// Where a value is; nil while nothing uses it.
    func place(of value: Value) -> UInt32? { places[value] }

    /// The number of a value, which has one more use from now on.
    package mutating func use(_ value: Value) -> UInt32 {
        if let place = places[value] {
            slots[Int(place)].uses += 1
            return place
        }
        let slot = Slot(value: value, uses: 1)
        let place: UInt32
        if let last = free.popLast() {
            place = last
            slots[Int(place)] = slot
        } else {
            place = UInt32(slots.count)
            slots.append(slot)
        }
        places[value] = place
        return place
    }

    /// One more use of a value that is in use.
    mutating func retain(_ place: UInt32) { slots[Int(place)].uses += 1 }

    /// Ends one use.
    package mutating func release(_ place: UInt32) {
        slots[Int(place)].uses -= 1
        guard slots[Int(place)].uses == 0 else { return }
        places[slots[Int(place)].value] = nil
        free.append(place)
    }

    /// Memory held, text on the heap not counted.
    var byteCount: Int {
        slots.capacity * MemoryLayout<Slot>.stride
            + places.capacity * (MemoryLayout<Value>.stride + MemoryLayout<UInt32>.stride)
            + free.capacity * MemoryLayout<UInt32>.stride
    }
}

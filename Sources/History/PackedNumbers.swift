internal import Units

/// An amount of memory in 32 bits: KiB up to 2 TiB, from there on MiB up to 2 PiB. A program may
/// map far more than there is memory; what is beyond is not known afterwards.
struct PackedMemory: Hashable, Sendable {
    private let bits: UInt32
    private static let none = UInt32.max
    /// The other bits count MiB.
    private static let isCoarse: UInt32 = 1 << 31

    init(_ amount: ByteCount?) {
        guard let kibibytes = amount.map({ $0.rawValue / 1024 }) else {
            bits = Self.none
            return
        }
        if kibibytes < UInt64(Self.isCoarse) {
            bits = UInt32(kibibytes)
        } else if kibibytes / 1024 < UInt64(Self.isCoarse) - 1 {
            bits = UInt32(kibibytes / 1024) | Self.isCoarse
        } else {
            bits = Self.none
        }
    }

    var amount: ByteCount? {
        guard bits != Self.none else { return nil }
        let count = UInt64(bits & ~Self.isCoarse)
        return ByteCount(kibibytes: bits & Self.isCoarse == 0 ? count : count * 1024)
    }
}

/// A count in 32 bits; one of four thousand million or more is not known afterwards.
struct PackedCount: Hashable, Sendable {
    private let value: UInt32
    private static let none = UInt32.max

    init(_ count: UInt64?) { value = count.flatMap { UInt32(exactly: $0) } ?? Self.none }

    var count: UInt64? { value == Self.none ? nil : UInt64(value) }
}

/// CPU time in 32 bits: hundredths of a second up to 248 days, from there on tens of seconds. A
/// process with many threads has so much within days.
struct PackedTime: Hashable, Sendable {
    private let bits: UInt32
    /// The other bits count tens of seconds: room for all that nanoseconds in 64 bits can say.
    private static let isCoarse: UInt32 = 1 << 31

    init(_ time: Nanoseconds) {
        let hundredths = time.rawValue / 10_000_000
        bits =
            hundredths < UInt64(Self.isCoarse)
            ? UInt32(hundredths) : UInt32(hundredths / 1000) | Self.isCoarse
    }

    var time: Nanoseconds {
        let count = UInt64(bits & ~Self.isCoarse)
        return Nanoseconds(count * (bits & Self.isCoarse == 0 ? 10_000_000 : 10_000_000_000))
    }
}

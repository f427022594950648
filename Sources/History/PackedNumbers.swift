internal import Units

/// An amount of memory in 32 bits: KiB up to 4 TiB.
struct PackedMemory: Hashable, Sendable {
    private let kibibytes: UInt32
    private static let none = UInt32.max

    init(_ amount: ByteCount?) {
        kibibytes =
            amount.map { UInt32(min($0.rawValue / 1024, UInt64(Self.none - 1))) } ?? Self.none
    }

    var amount: ByteCount? {
        kibibytes == Self.none ? nil : ByteCount(kibibytes: UInt64(kibibytes))
    }
}

/// A count in 32 bits: up to four thousand million.
struct PackedCount: Hashable, Sendable {
    private let value: UInt32
    private static let none = UInt32.max

    init(_ count: UInt64?) {
        value = count.map { UInt32(min($0, UInt64(Self.none - 1))) } ?? Self.none
    }

    var count: UInt64? { value == Self.none ? nil : UInt64(value) }
}

/// CPU time in 32 bits: hundredths of a second up to 497 days.
struct PackedTime: Hashable, Sendable {
    private let hundredths: UInt32

    init(_ time: Nanoseconds) {
        hundredths = UInt32(clamping: time.rawValue / 10_000_000)
    }

    var time: Nanoseconds { Nanoseconds(UInt64(hundredths) * 10_000_000) }
}

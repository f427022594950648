internal import Units

/// A share of a CPU in 16 bits: hundredths of a percent up to 655, which no thread exceeds.
struct PackedShare: Sendable {
    private let hundredths: UInt16
    private static let none = UInt16.max

    init(_ percent: Percent?) {
        guard let percent else {
            hundredths = Self.none
            return
        }
        let value = (max(0, percent.rawValue) * 100).rounded()
        hundredths = UInt16(min(value, Float(Self.none - 1)))
    }

    var percent: Percent? {
        hundredths == Self.none ? nil : Percent(Float(hundredths) / 100)
    }
}

/// A rate in 16 bits: a `Float` without its sign and the lower half of its fraction, so exact up to
/// 512 and within 0.2 % above.
struct PackedRate: Sendable {
    private let bits: UInt16
    private static let none = UInt16.max

    init(_ rate: Rate?) {
        guard let rate, rate.rawValue.isFinite else {
            bits = Self.none
            return
        }
        let pattern = max(0, rate.rawValue).bitPattern
        bits = UInt16(truncatingIfNeeded: (pattern + 0x4000) >> 15)
    }

    var rate: Rate? {
        bits == Self.none ? nil : Rate(Float(bitPattern: UInt32(bits) << 15))
    }
}

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
struct PackedTime: Sendable {
    private let hundredths: UInt32

    init(_ time: Nanoseconds) {
        hundredths = UInt32(clamping: time.rawValue / 10_000_000)
    }

    var time: Nanoseconds { Nanoseconds(UInt64(hundredths) * 10_000_000) }
}

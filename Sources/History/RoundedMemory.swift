/// An amount of memory to one part in 2,048, as a small whole number: the exponent and the ten bits
/// after the leading one of its KiB, so that amounts that are close have numbers that are close.
/// Below 2 MiB it is exact to the KiB.
struct RoundedMemory: Hashable, Sendable {
    /// Zero for unknown, else one more than the code of the amount.
    let number: Int32

    static let unknown = Self(number: 0)

    init(number: Int32) { self.number = number }

    init(kibibytes: UInt64?) {
        guard let kibibytes else {
            self = .unknown
            return
        }
        guard kibibytes >= 2048 else {
            number = Int32(kibibytes) + 1
            return
        }
        let exponent = 63 - kibibytes.leadingZeroBitCount - 10
        let half = UInt64(1) << (exponent - 1)
        // Rounding up may reach 2,048, which is 1,024 of the next exponent: the sum is the same.
        let digits = (kibibytes >> exponent) + (kibibytes & half == 0 ? 0 : 1)
        number = Int32(exponent) * 1024 + Int32(digits) + 1
    }

    var kibibytes: UInt64? {
        guard number > 0 else { return nil }
        let code = number - 1
        guard code >= 2048 else { return UInt64(code) }
        let exponent = code / 1024 - 1
        return UInt64(code - exponent * 1024) << exponent
    }

    /// Whether it may stand for an amount: within 1/1024 of it.
    func standsFor(_ other: UInt64?) -> Bool {
        guard let kibibytes, let other else { return (number == 0) == (other == nil) }
        return kibibytes.isWithinAThousandth(of: other)
    }
}

extension UInt64 {
    /// Whether two amounts differ by no more than 1/1024 of the smaller: what memory curves do not
    /// tell apart.
    func isWithinAThousandth(of other: Self) -> Bool {
        let (low, high) = self < other ? (self, other) : (other, self)
        return high - low <= low / 1024
    }
}

/// A figure as people read it in a narrow column: few digits, the unit as a letter, ASCII only.
///
/// Each type says how wide its text can get; rounding never makes it wider (99.96 % is "100", not
/// "100.0"). Numbers are rounded half away from zero; times are cut, like a clock's. Text for
/// programs (JSON) never goes this way.
public protocol HumanReadable {
    /// The figure, without spaces around it.
    var text: String { get }
}

extension Optional where Wrapped: HumanReadable {
    /// The figure, or "-" where it is not known.
    public var text: String { self?.text ?? "-" }
}

extension Double {
    /// The nearest whole number to the magnitude, halves rounded up; nil if this is no number.
    var roundedMagnitude: UInt64? {
        guard isFinite else { return nil }
        return UInt64(exactly: magnitude.rounded(.toNearestOrAwayFromZero)) ?? .max
    }
}

/// 123 tenths are "12.3".
func oneDecimal(tenths: UInt64) -> String {
    "\(tenths / 10).\(tenths % 10)"
}

/// A number below 100 with two digits: 4 is "04".
func twoDigits(_ number: some BinaryInteger) -> String {
    number < 10 ? "0\(number)" : "\(number)"
}

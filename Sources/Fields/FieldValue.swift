package import Units

/// What a field says of a row: a figure with its unit, words, or why there is none.
///
/// Text, sort key, JSON and style all come from this one value, so that none of them is recovered
/// from another.
package enum FieldValue: Hashable, Sendable {
    /// Not known: "-" on screens, null in JSON.
    case unknown
    /// Not permitted: "-" on screens, null in JSON.
    case denied
    /// Makes no sense for such a row: blank on screens, null in JSON.
    case inapplicable
    /// Was known at another moment than the one on show: "?" on screens, null in JSON.
    case stale

    /// Of a whole that may exceed 100.
    case percent(Percent)
    /// A second.
    case rate(Rate)
    case bytes(ByteCount)
    /// Bytes gained or lost.
    case change(ByteChange)
    case count(UInt64)
    /// A number that names something: of a process, a port, a CPU.
    case number(Int64)
    case duration(Duration)
    case text(String)
    case flag(Bool)
}

extension FieldValue {
    /// There is nothing to show: not known, not permitted, of no sense here.
    package var isAbsent: Bool {
        switch self {
        case .unknown, .denied, .inapplicable, .stale: true
        default: false
        }
    }

    /// Measured, and nothing.
    package var isZero: Bool {
        switch self {
        case .percent(let percent): percent.text == Percent.zero.text
        case .rate(let rate): rate == .zero
        case .bytes(let bytes): bytes.rawValue == 0
        case .count(let count): count == 0
        default: false
        }
    }

    /// As a table shows it.
    ///
    /// - Parameter isCoarse: few characters change from refresh to refresh: whole percents, rates of
    ///   two digits. For slow lines.
    package func text(isCoarse: Bool = false) -> String {
        switch self {
        case .unknown, .denied: "-"
        case .inapplicable: ""
        case .stale: "?"
        case .percent(let percent): isCoarse ? percent.wholeText : percent.text
        case .rate(let rate): isCoarse ? rate.twoDigits.text : rate.text
        case .bytes(let bytes): bytes.text
        case .change(let change): change.text
        case .count(let count): "\(count)"
        case .number(let number): "\(number)"
        case .duration(let duration): duration.text
        case .text(let text): text
        case .flag(let flag): flag ? "yes" : "no"
        }
    }

    /// What sorts rows by it; nil for what is absent, which comes last.
    ///
    /// Rows that show the same percentage have the same key: they keep their places instead of
    /// trading them at random.
    package func key(isCoarse: Bool = false) -> SortKey? {
        switch self {
        case .unknown, .denied, .inapplicable, .stale: nil
        case .percent(let percent):
            .number((Double(percent.rawValue) * (isCoarse ? 1 : 10)).rounded())
        case .rate(let rate): .number(Double(rate.rawValue))
        case .bytes(let bytes): .number(Double(bytes.rawValue))
        case .change(let change): .number(change.rawValue)
        case .count(let count): .number(Double(count))
        case .number(let number): .number(Double(number))
        case .duration(let duration): .number(duration / .seconds(1))
        case .text(let text): .text(text)
        case .flag(let flag): .number(flag ? 1 : 0)
        }
    }
}

/// The unit is the end of the field's JSON name: percents and rates have two decimals, durations are
/// whole seconds, changes whole bytes.
extension FieldValue: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .unknown, .denied, .inapplicable, .stale: try container.encodeNil()
        case .percent(let percent): try container.encode(percent.rawValue.rounded2)
        case .rate(let rate): try container.encode(rate.rawValue.rounded2)
        case .bytes(let bytes): try container.encode(bytes.rawValue)
        case .change(let change): try container.encode(change.rawValue.rounded())
        case .count(let count): try container.encode(count)
        case .number(let number): try container.encode(number)
        case .duration(let duration): try container.encode(duration.components.seconds)
        case .text(let text): try container.encode(text)
        case .flag(let flag): try container.encode(flag)
        }
    }
}

extension Float {
    /// With two decimals: what is measured has no more.
    package var rounded2: Double { (Double(self) * 100).rounded() / 100 }
}

extension Rate {
    /// "8123" becomes "8100".
    fileprivate var twoDigits: Rate {
        guard rawValue >= 100 else { return self }
        var unit: Float = 10
        while rawValue >= 100 * unit { unit *= 10 }
        return Rate((rawValue / unit).rounded() * unit)
    }
}

extension FieldValue {
    /// Not known where there is no value.
    package init(_ percent: Percent?) { self = percent.map(Self.percent) ?? .unknown }
    package init(_ rate: Rate?) { self = rate.map(Self.rate) ?? .unknown }
    package init(_ bytes: ByteCount?) { self = bytes.map(Self.bytes) ?? .unknown }
    package init(_ text: String?) { self = text.map(Self.text) ?? .unknown }
    package init(_ count: (some BinaryInteger)?) {
        self = count.map { .count(UInt64(clamping: $0)) } ?? .unknown
    }
}

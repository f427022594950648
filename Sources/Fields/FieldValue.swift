package import Units

/// What a field says of a row: a figure with its unit, words, or why there is none.
///
/// Text, sort key, JSON and emphasis all come from this one value, so that none of them is recovered
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
    /// No less than this, and perhaps more: ">=0.3" on screens, null in JSON.
    case atLeast(Percent)
    /// A second.
    case rate(Rate)
    case bytes(ByteCount)
    /// Bytes, to the last one where four digits do.
    case exactBytes(UInt64)
    /// Bytes gained or lost, or gained a second.
    case change(ByteChange)
    case count(UInt64)
    /// A count that gets large: "9148", "120k".
    case total(UInt64)
    /// A number that names something: of a process, a port, a CPU.
    case number(Int64)
    /// What has no unit: a load average.
    case decimal(Double)
    case duration(Duration)
    /// How long something is so; it may have been so before the first sample.
    case age(Duration, isAtLeast: Bool)
    /// Time until something happens, known roughly.
    case timeLeft(Duration)
    case cpuTime(Nanoseconds)
    case latency(microseconds: UInt32)
    /// The same of what is mostly slower: milliseconds in JSON, with two decimals.
    case wait(Duration)
    case text(String)
    /// One of a few kinds: how a narrow column calls it, its name in JSON, and its place among them.
    case kind(String, name: String, rank: Int)
    case list([String])
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

    /// Measured, and nothing, as far as the text tells.
    package var isZero: Bool {
        switch self {
        case .percent(let percent): percent.rawValue.magnitude < 0.05
        case .rate(let rate): rate.rawValue.magnitude < 0.05
        case .bytes(let bytes): bytes.rawValue == 0
        case .change(let change): change.rawValue.magnitude < 0.5
        case .count(let count), .total(let count), .exactBytes(let count): count == 0
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
        case .atLeast(let percent):
            ">=" + (isCoarse || percent.rawValue >= 9.95 ? percent.wholeText : percent.text)
        case .rate(let rate): isCoarse ? rate.twoDigits.text : rate.text
        case .bytes(let bytes): bytes.text
        case .exactBytes(let count): count < 10_000 ? "\(count)" : ByteCount(count).text
        case .change(let change): change.text
        case .count(let count): "\(count)"
        case .total(let count): count < 100_000 ? "\(count)" : Rate(Double(count)).text
        case .number(let number): "\(number)"
        case .decimal(let number): "\(number)"
        case .duration(let duration): duration.text
        case .age(let age, let isAtLeast): age.shortText + (isAtLeast ? "+" : "")
        case .timeLeft(let time): time.estimate
        case .cpuTime(let time): time.text
        case .latency(let microseconds): Duration.microseconds(Int64(microseconds)).latencyText
        case .wait(let time): time.latencyText
        case .text(let text): text
        case .kind(let word, _, _): word
        case .list(let texts): texts.joined(separator: ", ")
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
        case .percent(let percent), .atLeast(let percent):
            .number((Double(percent.rawValue) * (isCoarse ? 1 : 10)).rounded())
        case .rate(let rate): .number(Double(rate.rawValue))
        case .bytes(let bytes): .number(Double(bytes.rawValue))
        case .change(let change): .number(change.rawValue)
        case .count(let count), .total(let count), .exactBytes(let count): .number(Double(count))
        case .number(let number): .number(Double(number))
        case .decimal(let number): .number(number)
        case .duration(let time), .age(let time, _), .timeLeft(let time):
            .number(time / .seconds(1))
        case .cpuTime(let time): .number(time.seconds)
        case .latency(let microseconds): .number(Double(microseconds))
        case .wait(let time): .number(time / .milliseconds(1))
        case .text(let text): .text(text)
        case .kind(_, _, let rank): .number(Double(rank))
        case .list(let texts): .number(Double(texts.count))
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
        case .unknown, .denied, .inapplicable, .stale, .atLeast: try container.encodeNil()
        case .percent(let percent): try container.encode(percent.rawValue.rounded2)
        case .rate(let rate): try container.encode(rate.rawValue.rounded2)
        case .bytes(let bytes): try container.encode(bytes.rawValue)
        case .change(let change): try container.encode(change.rawValue.rounded())
        case .count(let count), .total(let count), .exactBytes(let count):
            try container.encode(count)
        case .number(let number): try container.encode(number)
        case .decimal(let number): try container.encode(number)
        case .duration(let time), .age(let time, _), .timeLeft(let time):
            try container.encode(time.components.seconds)
        case .cpuTime(let time): try container.encode(time.seconds)
        case .latency(let microseconds): try container.encode(microseconds)
        case .wait(let time):
            try container.encode((time / .milliseconds(1) * 100).rounded() / 100)
        case .text(let text): try container.encode(text)
        case .kind(_, let name, _): try container.encode(name)
        case .list(let texts): try container.encode(texts)
        case .flag(let flag): try container.encode(flag)
        }
    }
}

extension FieldValue {
    /// Not known where there is no value, or none that is a number.
    package init(_ percent: Percent?) {
        if let percent, percent.rawValue.isFinite {
            self = .percent(percent)
        } else {
            self = .unknown
        }
    }

    package init(_ rate: Rate?) {
        if let rate, rate.rawValue.isFinite { self = .rate(rate) } else { self = .unknown }
    }

    package init(_ bytes: ByteCount?) { self = bytes.map(Self.bytes) ?? .unknown }
    package init(_ text: String?) { self = text.map(Self.text) ?? .unknown }
    package init(_ number: Double?) { self = number.map(Self.decimal) ?? .unknown }

    package init(count: (some BinaryInteger)?) {
        self = count.map { .count(UInt64(clamping: $0)) } ?? .unknown
    }

    package init(number: (some BinaryInteger)?) {
        self = number.map { .number(Int64(clamping: $0)) } ?? .unknown
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

extension Duration {
    /// In its largest unit: "41m".
    package var shortText: String {
        let seconds = max(0, components.seconds)
        return switch seconds {
        case ..<60: "\(seconds)s"
        case ..<3600: "\(seconds / 60)m"
        case ..<86_400: "\(seconds / 3600)h"
        default: "\(min(seconds / 86_400, 999))d"
        }
    }

    /// "0.04ms" would not fit a column: "40us", "1.2ms", "34ms", "1.2s".
    package var latencyText: String {
        let time = self / .milliseconds(1)
        return switch time {
        case ..<0.9995: "\(Int((time * 1000).rounded()))us"
        case ..<9.95: "\((time * 10).rounded() / 10)ms"
        case ..<9999.5: "\(Int(time.rounded()))ms"
        default: "\(Int((time / 1000).rounded()))s"
        }
    }
}

import Fields
import ProcSampling
import Units

/// A value of a JSON document; what is not known is `null`, so that a reader can tell "no value"
/// from "no such field".
package indirect enum JSONValue: Hashable, Sendable {
    case null
    case flag(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])
}

extension JSONValue: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .flag(let flag): try container.encode(flag)
        case .integer(let number): try container.encode(number)
        case .unsigned(let number): try container.encode(number)
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .list(let values): try container.encode(values)
        case .object(let fields): try container.encode(fields)
        }
    }
}

extension JSONValue {
    init(_ text: String?) { self = text.map(Self.text) ?? .null }
    init(_ number: Double?) { self = number.map(Self.number) ?? .null }
    init(_ number: (some BinaryInteger)?) {
        self = number.map { .integer(Int64(clamping: $0)) } ?? .null
    }
    init(_ texts: [String]) { self = .list(texts.map(Self.text)) }

    /// A field's value. The unit of a time is the end of its name: microseconds with two decimals,
    /// or seconds with six.
    init(_ value: FieldValue, named name: String) {
        switch value {
        case .unknown, .denied, .inapplicable, .stale: self = .null
        case .percent(let percent): self = .number(percent.rawValue.rounded2)
        case .rate(let rate): self = .number(rate.rawValue.rounded2)
        case .bytes(let bytes): self = .unsigned(bytes.rawValue)
        case .change(let change): self = .number(change.rawValue.rounded())
        case .count(let count): self = .unsigned(count)
        case .number(let number): self = .integer(number)
        case .duration(let time) where name.hasSuffix("_microseconds"):
            self = .number(time.microseconds2)
        case .duration(let time): self = .number(time.seconds6)
        case .text(let text): self = .text(text)
        case .flag(let flag): self = .flag(flag)
        }
    }
}

extension ProbeTarget {
    /// Both null for the whole machine.
    var json: [String: JSONValue] {
        var (pid, tid): (Int32?, Int32?)
        switch self {
        case .thread(let target):
            (pid, tid) = (target.process.pid.rawValue, target.thread.tid.rawValue)
        case .process(let process): pid = process.pid.rawValue
        case .host: break
        }
        return ["pid": JSONValue(pid), "tid": JSONValue(tid)]
    }
}

extension Duration {
    /// Seconds with two decimals.
    var seconds2: Double { (self / .milliseconds(10)).rounded() / 100 }

    /// Seconds to the microsecond: of CPU time little is not nothing.
    var seconds6: Double { (self / .microseconds(1)).rounded() / 1e6 }

    /// Microseconds with two decimals.
    var microseconds2: Double { (self / .nanoseconds(10)).rounded() / 100 }
}

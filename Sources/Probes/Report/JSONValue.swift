package import Fields
import Samples
import Units

/// A value of a JSON document; what is not known is `null`, so that a reader can tell "no value"
/// from "no such field".
package indirect enum JSONValue: Hashable, Sendable {
    case null
    case flag(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    /// Of a table.
    case field(FieldValue)
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
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .field(let value): try container.encode(value)
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
        case .duration(let time) where name.hasSuffix("_microseconds"):
            self = .number(time.microseconds2)
        case .duration(let time): self = .number(time.seconds6)
        default: self = .field(value)
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

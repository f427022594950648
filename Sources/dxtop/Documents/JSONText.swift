import Fields
import FoundationEssentials
import Units

/// JSON as dxtop prints it: one line, keys in order, nothing in it that could steer a terminal.
enum JSONText {
    static func encode(_ document: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return harmless(String(decoding: try encoder.encode(document), as: UTF8.self))
    }

    /// Escapes what JSON itself allows in a string but is not harmless. Outside strings JSON has nothing
    /// of that, so the meaning stays; and what is made harmless after this stays JSON.
    private static func harmless(_ text: String) -> String {
        guard !text.unicodeScalars.allSatisfy(\.isHarmless) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar.isHarmless {
                result.unicodeScalars.append(scalar)
            } else {
                for unit in String(scalar).utf16 { result += escape(unit) }
            }
        }
        return result
    }

    private static func escape(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}

/// Writes the fields of an object, null for what is not known: a reader of the JSON can tell "no
/// value" from "no such field".
struct FieldWriter {
    private var container: KeyedEncodingContainer<Key>

    init(_ encoder: any Encoder) { container = encoder.container(keyedBy: Key.self) }

    mutating func write(_ name: String, _ value: (some Encodable)?) throws {
        if let value {
            try container.encode(value, forKey: Key(name))
        } else {
            try container.encodeNil(forKey: Key(name))
        }
    }

    /// Those of a row's fields that documents have.
    mutating func write<Row>(_ fields: [Field<Row>], of row: Row) throws {
        for field in fields {
            guard case .named(let name) = field.export else { continue }
            try write(name, field.value(row))
        }
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

extension Duration {
    /// Seconds with two decimals.
    var rounded2: Double { (self / .milliseconds(10)).rounded() / 100 }
}

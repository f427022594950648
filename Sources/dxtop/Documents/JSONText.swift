import Fields
import FoundationEssentials

/// JSON as dxtop prints it: one line, keys in order, nothing in it that could steer a terminal.
enum JSONText {
    static func encode(_ document: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return harmless(String(decoding: try encoder.encode(document), as: UTF8.self))
    }

    /// Escapes what JSON itself allows in a string but a terminal may obey or reorder text by:
    /// DEL, C1 controls, bidirectional controls, line and paragraph separators. Outside strings
    /// JSON has none of them, so the meaning stays.
    private static func harmless(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHarmful) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isHarmful(scalar) {
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
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

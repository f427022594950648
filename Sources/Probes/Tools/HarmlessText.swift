/// Text from outside, made fit for a terminal and for a file that someone prints later.
///
/// Line feeds and tabs stay. Other control bytes turn into `^[` and the like, C1 controls and the
/// signs that turn the reading direction into `<U+202E>`, bytes that are no UTF-8 into `<FF>`.
package enum HarmlessText {
    package static func bytes(_ input: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(input.count)
        var position = 0
        while position < input.count {
            let first = input[position]
            if first < 0x80 {
                append(first, to: &output)
                position += 1
                continue
            }
            let rest = input[position..<min(position + 4, input.count)]
            var next = rest.makeIterator()
            var parser = Unicode.UTF8.ForwardParser()
            if case .valid(let encoded) = parser.parseScalar(from: &next) {
                append(Unicode.UTF8.decode(encoded), as: rest.prefix(encoded.count), to: &output)
                position += encoded.count
            } else {
                output += "<\(hexadecimal(UInt32(first), digits: 2))>".utf8
                position += 1
            }
        }
        return output
    }

    package static func string(_ input: [UInt8]) -> String {
        String(decoding: bytes(input), as: UTF8.self)
    }

    /// The same for a place where there is one line only: line feeds and tabs turn into `^J`, `^I`.
    package static func line(_ input: [UInt8]) -> String {
        string(input).split(separator: "\n", omittingEmptySubsequences: false)
            .joined(separator: "^J").split(separator: "\t", omittingEmptySubsequences: false)
            .joined(separator: "^I")
    }

    package static func line(_ input: String) -> String { line(Array(input.utf8)) }

    private static func append(_ ascii: UInt8, to output: inout [UInt8]) {
        switch ascii {
        case 0x09, 0x0A, 0x20...0x7E:
            output.append(ascii)
        default:
            // A control character is named after the key 64 places away: 0x1B is ^[, 0x7F is ^?.
            output.append(UInt8(ascii: "^"))
            output.append(ascii ^ 0x40)
        }
    }

    private static func append(
        _ scalar: Unicode.Scalar, as encoded: ArraySlice<UInt8>, to output: inout [UInt8]
    ) {
        switch scalar.value {
        case 0x80...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069:
            output += "<U+\(hexadecimal(scalar.value, digits: 4))>".utf8
        default:
            output += encoded
        }
    }

    private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}

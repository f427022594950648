internal import Units

/// Bytes from outside, made fit for a terminal and for a file that someone prints later.
///
/// Line feeds and tabs stay. All else that is not harmless is written out, and so are bytes that are no
/// UTF-8, as `\xff`.
package enum HarmlessText {
    package static func bytes(_ input: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(input.count)
        var position = 0
        while position < input.count {
            // Nearly all of a flood is plain.
            if Unicode.Scalar(input[position]).isPlain || input[position] == 0x0A {
                output.append(input[position])
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
                output += Unicode.Scalar(input[position]).escape.utf8
                position += 1
            }
        }
        return output
    }

    package static func string(_ input: [UInt8]) -> String {
        String(decoding: bytes(input), as: UTF8.self)
    }

    /// The same for a place where there is one line only: line feeds and tabs are written out as well.
    package static func line(_ input: String) -> String {
        string(Array(input.utf8)).replacing("\n", with: "\\n").replacing("\t", with: "\\t")
    }

    private static func append(
        _ scalar: Unicode.Scalar, as encoded: ArraySlice<UInt8>, to output: inout [UInt8]
    ) {
        switch scalar {
        case "\n", "\t": output += encoded
        case _ where scalar.isHarmless: output += encoded
        default: output += scalar.escape.utf8
        }
    }
}

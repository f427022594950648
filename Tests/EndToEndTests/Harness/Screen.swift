/// What a terminal showed at one moment.
struct Screen: CustomStringConvertible {
    /// The rows, without trailing blanks; with SGR sequences if captured so.
    let rows: [String]

    init(captured: String) {
        rows = captured.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    func contains(_ text: String) -> Bool {
        rows.contains { $0.contains(text) }
    }

    /// The first row with all of these texts: the header may show one of them, too.
    func row(with texts: String...) -> String? {
        rows.first { row in texts.allSatisfy { row.contains($0) } }
    }

    /// The row right under the header whose columns have these titles: where a table starts.
    func firstRow(underHeader titles: String...) -> String? {
        let header = rows.firstIndex { row in titles.allSatisfy { row.contains($0) } }
        guard let header, header + 1 < rows.count else { return nil }
        return rows[header + 1]
    }

    var isASCII: Bool {
        rows.allSatisfy { $0.unicodeScalars.allSatisfy(\.isASCII) }
    }

    /// Numbers of all SGR sequences, in the order of the capture.
    var attributes: [Int] {
        rows.joined().split(separator: "\u{1B}[").flatMap { part -> [Int] in
            guard let end = part.firstIndex(of: "m") else { return [] }
            return part[..<end].split(separator: ";", omittingEmptySubsequences: false)
                .map { Int($0) ?? 0 }
        }
    }

    /// Colours among the attributes. Those of 256 are introduced by 38 and 48; 39 and 49 stand for
    /// the terminal's own.
    var colours: [Int] {
        attributes.filter { code in
            [30...38, 40...48, 90...97, 100...107].contains { $0.contains(code) }
        }
    }

    var description: String {
        "+\n" + rows.map { "| \($0)" }.joined(separator: "\n") + "\n+"
    }
}

/// The character that stands in a column of a row, by display width; nil in the right half of a
/// wide one and behind the end.
func character(atColumn wanted: Int, of row: String) -> Character? {
    var column = 0
    for character in row {
        if column == wanted { return character }
        column += displayWidth(of: character)
        if column > wanted { return nil }
    }
    return nil
}

/// Enough of the rules of width for the names that the tests use.
func displayWidth(of character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar.value {
    case 0x300...0x36F: return 0
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFF00...0xFF60,
        0x1F300...0x1FAFF:
        return 2
    default: return 1
    }
}

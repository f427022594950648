import Glibc
import Screen
import TestSupport
import Testing

/// Compares a surface with the text of it that a person has looked at and found right.
///
/// The file holds the screen, then the same cells as letters for their styles (see `legend`), so
/// that a lost colour or a reversed row fails too. `DXTOP_UPDATE_GOLDEN=1 swift test` writes the
/// files anew; read the difference before you commit it.
enum Golden {
    static func expect(
        _ surface: Surface, matches name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let text = description(of: surface)
        let path = folder + name + ".txt"
        if getenv("DXTOP_UPDATE_GOLDEN") != nil {
            TextFile.write(text, to: path)
            return
        }
        guard let expected = TextFile.read(path) else {
            Issue.record("no golden file \(name).txt", sourceLocation: sourceLocation)
            return
        }
        #expect(text == expected, "\(name).txt differs", sourceLocation: sourceLocation)
    }

    /// Upper case is reverse video, `.` plain text, a blank a plain blank.
    private static let legend: [Role: Character] = [
        .text: ".", .faint: "f", .heading: "h", .accent: "a", .good: "g", .warning: "w",
        .critical: "c",
    ]

    static func description(of surface: Surface) -> String {
        let rows = 0..<surface.size.rows
        let text = rows.map { surface.text(row: $0) }
        let styles = rows.map { row in
            let letters = (0..<surface.size.columns).map { column in
                letter(for: surface[Point(column: column, row: row)])
            }
            return trimmed(String(letters))
        }
        return (text + ["=== styles"] + styles).joined(separator: "\n") + "\n"
    }

    private static func letter(for cell: Cell) -> Character {
        let isReversed = cell.style.attributes.contains(.reverse)
        if cell.text == " ", !isReversed { return " " }
        if isReversed, cell.style.role == .text { return "R" }
        let letter = legend[cell.style.role] ?? "?"
        return isReversed ? Character(letter.uppercased()) : letter
    }

    private static func trimmed(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }

    private static let folder = String(#filePath.dropLast("Golden.swift".count)) + "Golden/"
}

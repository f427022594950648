import Glibc
import Testing

@testable import dxtop

/// Documents are what scripts read: names, nulls and values stay as they are in the files of
/// `Golden`. `DXTOP_UPDATE_GOLDEN=1` writes them anew; read the difference before you commit it.
@Suite struct DocumentGoldenTests {
    @Test func snapshot() throws {
        let machine = MadeMachine()
        try expect(
            SnapshotDocument(snapshot: machine.snapshot, rows: machine.rows), is: "snapshot")
    }

    @Test(arguments: WatchCommand.View.allCases.filter { $0 != .findings })
    func watch(view: WatchCommand.View) throws {
        let machine = MadeMachine()
        try expect(
            WatchDocument(view: view, snapshot: machine.snapshot, rows: machine.rows),
            is: "watch-\(view)")
    }

    private func expect(_ document: some Encodable, is name: String) throws {
        let text = lines(of: try JSONText.encode(document))
        let path =
            String(#filePath.dropLast("DocumentGoldenTests.swift".count)) + "Golden/\(name).json"
        if getenv("DXTOP_UPDATE_GOLDEN") != nil {
            let file = try #require(fopen(path, "w"))
            fputs(text, file)
            fclose(file)
            return
        }
        let file = try #require(fopen(path, "r"), "no golden file \(name).json")
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        #expect(text == String(decoding: bytes[..<count], as: UTF8.self), "\(name).json differs")
    }

    /// A field a line, so that a difference says which.
    private func lines(of json: String) -> String {
        var result = ""
        var (isInString, isEscaped) = (false, false)
        for character in json {
            result.append(character)
            if isInString {
                isInString = character != "\"" || isEscaped
                isEscaped = character == "\\" && !isEscaped
            } else {
                isInString = character == "\""
                if ",{[".contains(character) { result.append("\n") }
            }
        }
        return result + "\n"
    }
}

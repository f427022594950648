import Glibc
import TestSupport
import Testing

@testable import dxtop

/// What every JSON document promises: the names, the types, null for what is not known.
///
/// Each golden file in `Contracts` is the document of a made machine, one field a line. A name that
/// goes, comes or turns null fails here; `DXTOP_UPDATE_GOLDEN=1` writes the files anew. Sentences that
/// the product makes up are left out and stand in a file of their own, so that a better wording changes
/// no contract.
@Suite struct ContractTests {
    @Test(arguments: ContractDocuments.all)
    func theDocumentKeepsItsContract(_ document: ContractDocuments.Document) throws {
        let text = readable(try document.json())
        let path = folder + document.name + ".json"
        if getenv("DXTOP_UPDATE_GOLDEN") != nil { return TextFile.write(text, to: path) }
        let expected = try #require(TextFile.read(path), "no \(document.name).json")
        #expect(
            text == expected, "\(document.name).json: \(firstDifference(text, expected))")
    }

    @Test(arguments: ContractDocuments.all)
    func theDocumentIsOneLine(_ document: ContractDocuments.Document) throws {
        #expect(try !document.json().contains { $0.isNewline })
    }

    /// The sentences that the contracts leave out, one a line, in a file of their own.
    @Test func theSentencesAreAsTheyWere() throws {
        let documents = try ContractDocuments.all.map { lines(of: try $0.json()) }
        let sentences = Set(documents.joined().compactMap(sentence(of:)))
        let text = sentences.sorted().joined(separator: "\n") + "\n"
        let path = folder + "sentences.txt"
        if getenv("DXTOP_UPDATE_GOLDEN") != nil { return TextFile.write(text, to: path) }
        let expected = try #require(TextFile.read(path), "no sentences.txt")
        #expect(text == expected, "sentences.txt: \(firstDifference(text, expected))")
    }

    private func readable(_ json: String) -> String {
        lines(of: json).map(withoutSentence).joined(separator: "\n") + "\n"
    }

    /// Breaks the one line of a document after each comma and bracket that is outside a string.
    private func lines(of json: String) -> [String] {
        var lines = [""]
        var depth = 0
        var isInString = false
        var isEscaped = false
        func indent() { lines.append(String(repeating: " ", count: depth)) }
        for character in json {
            if isInString {
                lines[lines.count - 1].append(character)
                isInString = isEscaped || character != "\""
                isEscaped = character == "\\" && !isEscaped
                continue
            }
            switch character {
            case "{", "[":
                lines[lines.count - 1].append(character)
                depth += 1
                indent()
            case "}", "]":
                depth -= 1
                if lines.last?.allSatisfy({ $0 == " " }) == true {
                    lines.removeLast()
                } else {
                    indent()
                }
                lines[lines.count - 1].append(character)
            case ",":
                lines[lines.count - 1].append(character)
                indent()
            default:
                isInString = character == "\""
                lines[lines.count - 1].append(character)
            }
        }
        return lines
    }

    private func withoutSentence(_ line: String) -> String {
        guard let range = rangeOfSentence(in: line) else { return line }
        return line[..<range.lowerBound] + "(a sentence)" + line[range.upperBound...]
    }

    private func sentence(of line: String) -> Substring? {
        rangeOfSentence(in: line).map { line[$0] }
    }

    /// Where the value of one of `ContractDocuments.sentences` is that is not empty.
    private func rangeOfSentence(in line: String) -> Range<String.Index>? {
        for name in ContractDocuments.sentences {
            guard let start = line.firstRange(of: "\"\(name)\":\"")?.upperBound,
                let end = line.lastIndex(of: "\""), start < end
            else { continue }
            return start..<end
        }
        return nil
    }

    private func firstDifference(_ text: String, _ expected: String) -> String {
        let (now, before) = (text.split(separator: "\n"), expected.split(separator: "\n"))
        for (a, b) in zip(now, before) where a != b { return "\(a) was \(b)" }
        return "\(now.count) lines were \(before.count)"
    }

    private let folder = String(#filePath.dropLast("ContractTests.swift".count)) + "Contracts/"
}

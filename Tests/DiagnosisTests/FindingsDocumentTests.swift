import Diagnosis
import Glibc
import TestSupport
import Testing

/// `docs/FINDINGS.md` beside the code: each finding has a section, and the tables of thresholds are
/// what the constants are. `DXTOP_UPDATE_GOLDEN=1` writes the tables again.
struct FindingsDocumentTests {
    private static let root = String(
        #filePath.dropLast("Tests/DiagnosisTests/FindingsDocumentTests.swift".count))
    private static let path = root + "docs/FINDINGS.md"

    @Test func eachFindingHasOneSection() throws {
        let document = try #require(TextFile.read(Self.path))
        let sections = document.split(separator: "\n").filter { $0.hasPrefix("### `") }.map {
            String($0.dropFirst("### `".count).prefix { $0 != "`" })
        }
        #expect(Set(sections) == Set(Detectors.kinds.map(\.name)))
        #expect(sections.count == Detectors.kinds.count)
    }

    @Test func theTablesAreTheConstants() throws {
        let document = try #require(TextFile.read(Self.path))
        let files = Self.swiftFiles(in: Self.root + "Sources/Diagnosis")
        var lines: [Substring] = []
        var isInside = false
        for line in document.split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "<!-- end -->" { isInside = false }
            if !isInside { lines.append(line) }
            guard line.hasPrefix("<!-- constants of ") else { continue }
            isInside = true
            let types = line.dropLast(" -->".count).split(separator: " ").dropFirst(3)
            lines += ["", "| constant | value | reason |", "|---|---|---|"]
            for type in types {
                let sources = files.filter { Self.declares(type, file: $0) }.compactMap(
                    TextFile.read)
                let rows = sources.flatMap { ConstantTable.rows(of: $0, in: type) }
                #expect(!rows.isEmpty, "\(type) has no constants")
                lines += rows.map { Substring($0) }
            }
            lines.append("")
        }
        let expected = lines.joined(separator: "\n")
        if getenv("DXTOP_UPDATE_GOLDEN") != nil {
            TextFile.write(expected, to: Self.path)
        } else {
            #expect(document == expected, "docs/FINDINGS.md: constants have changed")
        }
    }

    // MARK: Files

    /// A type stands in the file of its name, and in those of its extensions.
    private static func declares(_ type: Substring, file: String) -> Bool {
        guard let name = file.split(separator: "/").last else { return false }
        return name == "\(type).swift" || name.hasPrefix("\(type)+")
    }

    private static func swiftFiles(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var files: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".swift") {
                files.append(folder + "/" + name)
            } else if !name.hasPrefix(".") {
                files += swiftFiles(in: folder + "/" + name)
            }
        }
        return files.sorted()
    }
}

/// From `static let name = value` in a Swift file, with its comment, to rows of a table.
private enum ConstantTable {
    static func rows(of source: String, in type: Substring) -> [String] {
        var comment = ""
        var rows: [String] = []
        for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
            let code = line.drop { $0 == " " }
            if code.hasPrefix("/// ") {
                comment += (comment.isEmpty ? "" : " ") + code.dropFirst("/// ".count)
                continue
            }
            // One that is private is a matter of its file.
            if let (name, value) = constant(code) {
                rows.append("| `\(type).\(name)` | \(value) | \(comment) |")
            }
            comment = ""
        }
        return rows
    }

    private static func constant(_ code: Substring) -> (name: Substring, value: String)? {
        var declaration = code
        if declaration.hasPrefix("package ") { declaration = declaration.dropFirst(8) }
        guard declaration.hasPrefix("static let "),
            case let sides = declaration.dropFirst("static let ".count).split(
                separator: "=", maxSplits: 1),
            sides.count == 2
        else { return nil }
        let name = sides[0].prefix { $0 != " " && $0 != ":" }
        return text(String(sides[1].drop { $0 == " " })).map { (name, $0) }
    }

    /// As people write it: "10 s", "90 %"; nil for what is no number.
    private static func text(_ value: String) -> String? {
        if let number = inside(value, of: ".seconds") { return duration(number) }
        if let number = inside(value, of: ".milliseconds") { return "\(plain(number)) ms" }
        if let number = inside(value, of: ".microseconds") { return "\(plain(number)) us" }
        if let number = inside(value, of: "Nanoseconds") { return duration(number / 1e9) }
        if let number = inside(value, of: "Percent") { return "\(plain(number)) %" }
        if let number = inside(value, of: "Rate") { return "\(plain(number))/s" }
        if let number = inside(value, of: "ByteCount") { return bytes(number) }
        if let number = product(value) {
            let isSize = value.contains(" << ") || value.contains("1024")
            return isSize ? bytes(number) : plain(number)
        }
        // The constant of another type.
        return value.first?.isUppercase == true && !value.contains("(") ? "`\(value)`" : nil
    }

    private static func inside(_ value: String, of type: String) -> Double? {
        guard value.hasPrefix(type + "("), value.hasSuffix(")") else { return nil }
        return product(String(value.dropFirst(type.count + 1).dropLast()))
    }

    /// "10", "100_000.0", "24 * 60 * 60", "16 << 20".
    private static func product(_ text: String) -> Double? {
        let shift = text.split(separator: " << ")
        if shift.count == 2, let base = Double(shift[0]), let bits = Double(shift[1]) {
            return base * exp2(bits)
        }
        return text.split(separator: " * ").reduce(1.0) { result, factor in
            let digits = factor.filter { $0 != "_" }
            return result.flatMap { result in Double(digits).map { result * $0 } }
        }
    }

    private static func duration(_ seconds: Double) -> String {
        if seconds >= 2 * 86_400 { return "\(plain(seconds / 86_400)) days" }
        if seconds >= 7200 { return "\(plain(seconds / 3600)) h" }
        return seconds >= 120 ? "\(plain(seconds / 60)) min" : "\(plain(seconds)) s"
    }

    private static func bytes(_ count: Double) -> String {
        for (unit, size) in [("GiB", 30.0), ("MiB", 20), ("KiB", 10)] where count >= exp2(size) {
            return "\(plain(count / exp2(size))) \(unit)"
        }
        return plain(count)
    }

    /// "100,000", "0.6".
    private static func plain(_ number: Double) -> String {
        guard number == number.rounded() else { return "\(number)" }
        let digits = String(Int(number))
        let groups = stride(from: digits.count, to: 0, by: -3).map { end in
            digits.dropLast(digits.count - end).suffix(3)
        }
        return groups.reversed().joined(separator: ",")
    }
}

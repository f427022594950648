import ProcFormats
import Testing

/// Each field of each fixture is damaged in turn: nothing else may be lost by it, and it is counted.
@Suite("Fields that are damaged")
struct DamagedFieldTests {
    static let files = Fixture.all.filter(FileFormat.hasFields)

    /// What stands in the place of a field: junk, negative, too large, missing.
    private static let damages = ["x", "-1", "99999999999999999999999", ""]
    /// Of a long file, so many fields are damaged, evenly spread.
    private static let mostFields = 160

    @Test("one field that does not parse costs no other", arguments: files)
    func damaged(path: String) throws {
        let bytes = try Fixture.bytes(path)
        let format = FileFormat.of(path)
        let essentials = FileFormat.essentials(of: path)
        let whole = try format.parse(bytes)
        // A name may hold what ends it.
        let isTask = path.hasSuffix("/stat") && !path.contains("/host/")
        let nameEnd = isTask ? bytes.lastIndex(of: UInt8(ascii: ")")) ?? 0 : 0
        for field in Self.fields(of: bytes, after: nameEnd) {
            let own = try figuresOf(field, of: bytes, format, whole)
            for damage in Self.damages {
                let damaged =
                    Array(bytes[..<field.lowerBound]) + Array(damage.utf8)
                    + Array(bytes[field.upperBound...])
                let what: Comment =
                    "\(String(decoding: bytes[field], as: UTF8.self)) at \(field.lowerBound) as \"\(damage)\""
                var faults = FieldFaults()
                let found: Any
                do throws(ParseError) {
                    found = try format.parseFields(damaged, &faults)
                } catch {
                    let isAllowed = essentials?.contains { own.contains($0, in: whole) } ?? true
                    #expect(isAllowed, "\(what): \(error)")
                    continue
                }
                let differences = Difference.all(from: whole, to: found)
                // Where a column is missing, whose the others are is not known: the row is lost.
                let others = differences.filter { !own.covers($0) }
                let isRow = faults.count > 0 && others.allSatisfy(\.isLost)
                #expect(others.isEmpty || isRow, "\(what): \(others.map(\.path))")
                let wrong = differences.filter {
                    !$0.isLost && !$0.shows(damage) && !own.covers($0)
                }
                #expect(wrong.isEmpty, "\(what): \(wrong)")
                let values = differences.filter { own.covers($0) && !$0.shows(damage) }
                #expect(values.isEmpty || own.isName, "\(what): \(values)")
                // That is how version 1 says that there is none.
                let isNoQuota = essentials == [".quota"] && damage == "-1"
                if differences.contains(where: \.isLost), !own.isName, !isNoQuota {
                    #expect(faults.count > 0, "\(what) is not counted")
                }
            }
        }
    }

    @Test("a file cut at a field keeps all that stands before", arguments: files)
    func cut(path: String) throws {
        guard let essentials = FileFormat.essentials(of: path) else { return }
        let bytes = try Fixture.bytes(path)
        let format = FileFormat.of(path)
        guard format.whenCut != .anything else { return }
        var before: [String: String] = [:]
        for field in Self.fields(of: bytes) {
            for end in [field.lowerBound, (field.lowerBound + field.upperBound) / 2] {
                guard let value = try? format.parse(Array(bytes[..<end])) else {
                    #expect(before.isEmpty || !essentials.isEmpty, "cut at \(end)")
                    continue
                }
                let found = figures(of: value)
                let lost = before.filter { found[$0.key] != $0.value }
                #expect(lost.isEmpty, "cut at \(end): \(lost)")
                before = found
            }
        }
    }

    /// What a field is responsible for: the figures that change with it.
    private func figuresOf(
        _ field: Range<Int>, of bytes: [UInt8], _ format: FileFormat, _ whole: Any
    ) throws -> OwnFigures {
        var paths: Set<String> = []
        // Letters that no hexadecimal number has: the name of a field, or of something else.
        let isName = bytes[field].contains {
            (0x67...0x7A).contains($0) || (0x47...0x5A).contains($0)
        }
        for index in [field.upperBound - 1, field.lowerBound] {
            for shift in [UInt8(1), 3] {
                var changed = bytes
                let byte = bytes[index]
                let isDigit = (0x30...0x39).contains(byte)
                changed[index] = isDigit ? 0x30 + (byte - 0x30 + shift) % 10 : 0x61 + shift
                guard let value = try? format.parse(changed) else { continue }
                paths.formUnion(Difference.all(from: whole, to: value).map(\.path))
            }
        }
        return OwnFigures(paths: paths, isName: isName)
    }

    /// Words between blanks, colons and slashes.
    static func fields(of bytes: [UInt8], after name: Int = 0) -> [Range<Int>] {
        var fields: [Range<Int>] = []
        var start: Int?
        for (index, byte) in bytes.enumerated() {
            let ends = [0x20, 0x09, 0x0A, 0x3A, 0x2F].contains(byte)
            if ends, let begun = start {
                fields.append(begun..<index)
                start = nil
            } else if !ends, start == nil {
                start = index
            }
        }
        fields.removeAll { $0.lowerBound < name }
        let step = max(1, fields.count / mostFields)
        return stride(from: 0, to: fields.count, by: step).map { fields[$0] }
    }
}

struct OwnFigures {
    var paths: Set<String>
    /// It is no number, and so may be any other word.
    var isName: Bool

    /// Whether the difference is one of its figures, holds some, or is part of one.
    func covers(_ difference: Difference) -> Bool {
        paths.contains {
            $0.hasPrefix(difference.path) || difference.path.hasPrefix($0)
                || (difference.isLost && difference.path.isEmpty)
        }
    }

    func contains(_ essential: String, in whole: Any) -> Bool {
        paths.isEmpty || paths.contains { $0.hasPrefix(essential) }
    }
}

/// A figure, or a row, that is another one than it was.
struct Difference {
    var path: String
    var found: String?

    var isLost: Bool { found == nil }

    /// Whether it is what the damaged field says: a name may be anything, and -1 is a number.
    func shows(_ damage: String) -> Bool {
        guard let found else { return true }
        return found.contains(damage) || found == "unknown"
            // A counter of 32 bits that the kernel prints with a sign.
            || (damage == "-1" && found == "\(UInt32.max)")
    }

    static func all(from whole: Any, to found: Any, at path: String = "") -> [Difference] {
        let (a, b) = (Mirror(reflecting: whole), Mirror(reflecting: found))
        let (old, new) = (Array(a.children), Array(b.children))
        if a.displayStyle == .collection, old.count != new.count {
            guard new.count == old.count - 1 else {
                return [Difference(path: path, found: "\(new.count)")]
            }
            // One row is lost: the first that is not the same.
            let lost = zip(old, new).prefix { all(from: $0.value, to: $1.value).isEmpty }.count
            let rest = zip(old[(lost + 1)...], new[lost...]).enumerated()
                .flatMap { all(from: $1.0.value, to: $1.1.value, at: "\(path).\(lost + 1 + $0)") }
            return [Difference(path: "\(path).\(lost)")] + rest
        }
        if a.displayStyle == .optional, old.count != new.count {
            return [Difference(path: path, found: new.isEmpty ? nil : "\(found)")]
        }
        guard !old.isEmpty, old.count == new.count else {
            let (before, now) = ("\(whole)", "\(found)")
            return before == now ? [] : [Difference(path: path, found: now)]
        }
        // Where the sum of all CPUs does not parse, they are added up.
        if path == ".total", whole is CPUTimes? { return [] }
        return zip(old, new).enumerated().flatMap { offset, pair in
            let label = pair.0.label ?? "\(offset)"
            // Where a name stands moves with what is before it.
            if label.hasSuffix("Range") || label == "some" {
                return label == "some" ? all(from: pair.0.value, to: pair.1.value, at: path) : []
            }
            return all(from: pair.0.value, to: pair.1.value, at: "\(path).\(label)")
        }
    }
}

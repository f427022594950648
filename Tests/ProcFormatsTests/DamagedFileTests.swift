import ProcFormats
import TestSupport
import Testing

@Suite("Files that are cut off or damaged")
struct DamagedFileTests {
    @Test("every fixture parses whole", arguments: Fixture.all)
    func whole(path: String) throws {
        let bytes = try Fixture.bytes(path)
        var faults = FieldFaults()
        _ = try FileFormat.of(path).parseFields(bytes, &faults)
        #expect(faults.first == [])
    }

    @Test("a file cut at any byte never gives a wrong figure", arguments: Fixture.all)
    func cut(path: String) throws {
        let bytes = try Fixture.bytes(path)
        let format = FileFormat.of(path)
        let all = figures(of: try format.parse(bytes))
        for length in bytes.indices {
            let value: Any
            do throws(ParseError) {
                value = try format.parse(Array(bytes[..<length]))
            } catch {
                #expect((0...length).contains(error.offset))
                continue
            }
            let found = figures(of: value)
            switch format.whenCut {
            case .sameOrThrows:
                #expect(found == all, "cut at \(length)")
            case .lessOrThrows:
                let isPart = found.allSatisfy { all[$0.key] == $0.value }
                #expect(isPart, "cut at \(length): \(found)")
            case .anything:
                break
            }
        }
    }

    @Test("a stat cut before it says whose it is is an error", arguments: Fixture.all)
    func cutStat(path: String) throws {
        guard path.hasSuffix("/stat"), !path.contains("/host/") else { return }
        let bytes = try Fixture.bytes(path)
        let nameEnd = try #require(bytes.lastIndex(of: UInt8(ascii: ")")))
        let spaces = bytes.indices.filter { $0 > nameEnd && bytes[$0] == UInt8(ascii: " ") }
        // The first space is before field 3, so the one after field 22 is the twenty-first.
        let endOfStartTime = spaces[20]
        for length in 0...endOfStartTime {
            let part = Array(bytes[..<length])
            #expect(throws: ParseError.self, "cut at \(length)") {
                try TaskStat(parsing: part.span)
            }
        }
        // Field 41 is the last that is wanted.
        let all = try TaskStat(parsing: bytes.span)
        for length in endOfStartTime + 1..<spaces[39] {
            let part = Array(bytes[..<length])
            var faults = FieldFaults()
            let found = try TaskStat(parsing: part.span, noting: &faults)
            #expect(found.policy == nil && found.userTime == all.userTime, "cut at \(length)")
            #expect(faults.count > 0, "cut at \(length)")
        }
        let enough = Array(bytes[...spaces[39]])
        #expect(try TaskStat(parsing: enough.span) == all)
    }

    @Test("random damage is an error or a value", arguments: Fixture.all)
    func damaged(path: String) throws {
        let bytes = try Fixture.bytes(path)
        guard !bytes.isEmpty else { return }
        let format = FileFormat.of(path)
        var random = SeededRandom(seed: UInt64(bytes.count))
        for _ in 0..<500 {
            var damaged = bytes
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                let place = damaged.indices.randomElement(using: &random) ?? 0
                switch UInt8.random(in: 0..<3, using: &random) {
                case 0: damaged[place] = .random(in: 0...255, using: &random)
                case 1: damaged.insert(contentsOf: "99999999999999999999".utf8, at: place)
                default: damaged.swapAt(place, damaged.count - 1 - place)
                }
            }
            do throws(ParseError) {
                _ = try format.parse(damaged)
            } catch {
                #expect((0...damaged.count).contains(error.offset))
            }
        }
    }
}

import ProcFormats
import TestSupport
import Testing

struct KernelTypesTests {
    /// Writes a file of types as the kernel does.
    private struct TypeFile {
        enum Kind: UInt32 {
            case integer = 1
            case structure = 4
            case union = 5
            case function = 12
            case prototype = 13
        }

        private var types: [UInt8] = []
        private var strings: [UInt8] = [0]

        private mutating func name(_ text: String) -> UInt32 {
            guard !text.isEmpty else { return 0 }
            strings += Array(text.utf8) + [0]
            return UInt32(strings.count - text.utf8.count - 1)
        }

        private mutating func append(_ numbers: UInt32...) {
            for number in numbers { withUnsafeBytes(of: number) { types += Array($0) } }
        }

        mutating func add(_ kind: Kind, _ name: String, size: UInt32 = 0, details: [UInt32] = []) {
            append(self.name(name), kind.rawValue << 24, size)
            for detail in details { append(detail) }
        }

        /// Members with their type's number, and where they stand in bits.
        mutating func add(
            _ kind: Kind, _ name: String, hasBitFields: Bool = false,
            members: [(name: String, type: UInt32, place: UInt32)]
        ) {
            let info = kind.rawValue << 24 | UInt32(members.count) | (hasBitFields ? 1 << 31 : 0)
            append(self.name(name), info, 64)
            for member in members { append(self.name(member.name), member.type, member.place) }
        }

        var bytes: [UInt8] {
            var header: [UInt8] = [0x9F, 0xEB, 1, 0]
            let numbers = [24, 0, types.count, types.count, strings.count].map(UInt32.init)
            for number in numbers { withUnsafeBytes(of: number) { header += Array($0) } }
            return header + types + strings
        }
    }

    /// 1 an integer, 2 the structure, 3 and 4 what is unnamed in it, 5 and 6 a function.
    private var file: TypeFile {
        var file = TypeFile()
        file.add(.integer, "int", size: 4, details: [0x20])
        file.add(
            .structure, "task",
            members: [("first", 1, 0), ("", 3, 64), ("last", 1, 320)])
        file.add(.union, "", members: [("either", 1, 0), ("", 4, 32), ("or", 1, 0)])
        file.add(.structure, "", members: [("deep", 1, 96)])
        file.add(.prototype, "", details: [])
        file.add(.function, "call", size: 5)
        file.add(
            .structure, "bits", hasBitFields: true,
            members: [("whole", 1, 32), ("three", 1, 3 << 24 | 64), ("odd", 1, 67)])
        file.add(.structure, "task", members: [("first", 1, 800)])
        return file
    }

    private func parse(_ bytes: [UInt8]) throws(ParseError) -> KernelTypes {
        try KernelTypes(
            parsing: bytes.span, structures: ["task", "bits", "missing"], functions: ["call"])
    }

    @Test func fieldsOfUnnamedPartsBelongToTheStructure() throws {
        let types = try parse(file.bytes)
        #expect(types.offset(of: "first", in: "task") == 0)
        #expect(types.offset(of: "either", in: "task") == 8)
        #expect(types.offset(of: "or", in: "task") == 8)
        #expect(types.offset(of: "deep", in: "task") == 24)
        #expect(types.offset(of: "last", in: "task") == 40)
        #expect(types.offset(of: "missing", in: "task") == nil)
        #expect(types.offset(of: "first", in: "missing") == nil)
        #expect(types.number(ofFunction: "call") == 6)
        #expect(types.number(ofFunction: "task") == nil)
    }

    @Test func aBitFieldHasNoOffset() throws {
        let types = try parse(file.bytes)
        #expect(types.offset(of: "whole", in: "bits") == 4)
        #expect(types.offset(of: "three", in: "bits") == nil)
        #expect(types.offset(of: "odd", in: "bits") == nil)
    }

    @Test func unnamedPartsInACircleEnd() throws {
        var file = TypeFile()
        file.add(.structure, "task", members: [("", 2, 0)])
        file.add(.structure, "", members: [("", 2, 0), ("end", 2, 64)])
        #expect(try parse(file.bytes).offset(of: "end", in: "task") == 8)
    }

    @Test func aFileThatIsCutIsRefusedAtEveryByte() {
        let bytes = file.bytes
        for count in bytes.indices {
            #expect(throws: ParseError.self, "\(count)") { try parse(Array(bytes[..<count])) }
        }
    }

    @Test func damagedFilesNeverTrap() {
        var random = SeededRandom(seed: 6)
        let bytes = file.bytes
        var refused = 0
        for _ in 0..<2000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: damaged.indices, using: &random)
                damaged[index] = UInt8.random(in: 0...255, using: &random)
            }
            do { _ = try parse(damaged) } catch { refused += 1 }
        }
        #expect(refused > 100)
    }
}

import Glibc
import ProcReading
import SystemPackage
import Testing

@testable import Probes

/// A program with more symbols than anyone wants to have in memory.
@Suite(.serialized) struct LargeProgramTests {
    /// An ELF file of which nothing is there but its symbols: functions of 16 bytes, one after the
    /// other, with names of 300 bytes.
    private func make(_ path: FilePath, functions: Int) throws {
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        defer { try? file.close() }
        let code: UInt64 = 0x1000
        let symbols = 64 + 4 * 64
        let names = symbols + 24 * (functions + 1)
        let nameBytes = 1 + functions * (Self.nameLength + 1)

        var head = Bytes()
        head.bytes = [0x7F] + Array("ELF".utf8) + [2, 1, 1] + [UInt8](repeating: 0, count: 9)
        // An executable for x86-64, with four sections of which none is named.
        head.add(UInt16(2), UInt16(62))
        head.add(UInt32(1))
        head.add(code, UInt64(0), UInt64(64))
        head.add(UInt32(0))
        head.add(UInt16(64), UInt16(56), UInt16(0), UInt16(64), UInt16(4), UInt16(0))
        head.addSection(type: 0)
        head.addSection(
            type: 1, flags: 6, address: code, offset: 64, size: 16 * functions)
        head.addSection(
            type: 2, offset: symbols, size: 24 * (functions + 1), link: 3, entry: 24)
        head.addSection(type: 3, offset: names, size: nameBytes)
        head.bytes += [UInt8](repeating: 0, count: 24)
        try file.writeAll(head.bytes)

        for first in stride(from: 0, to: functions, by: 4096) {
            var piece = Bytes()
            for index in first..<min(first + 4096, functions) {
                piece.add(UInt32(1 + index * (Self.nameLength + 1)))
                piece.bytes += [0x12, 0]
                piece.add(UInt16(1))
                piece.add(code + 16 * UInt64(index), UInt64(16))
            }
            try file.writeAll(piece.bytes)
        }
        try file.writeAll([0])
        for first in stride(from: 0, to: functions, by: 4096) {
            var piece: [UInt8] = []
            for index in first..<min(first + 4096, functions) {
                piece += Self.digits(index)
                piece += Self.rest
                piece.append(0)
            }
            try file.writeAll(piece)
        }
    }

    private static let rest = [UInt8](repeating: UInt8(ascii: "x"), count: 293)
    private static let nameLength = 300

    /// Seven of them.
    private static func digits(_ index: Int) -> [UInt8] { Array("\(1_000_000 + index)".utf8) }

    private static func name(_ index: Int) -> String {
        String(decoding: digits(index) + rest, as: UTF8.self)
    }

    private struct Bytes {
        var bytes: [UInt8] = []

        mutating func add<Number: FixedWidthInteger>(_ numbers: Number...) {
            for number in numbers {
                withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
            }
        }

        mutating func addSection(
            type: UInt32, flags: UInt64 = 0, address: UInt64 = 0, offset: Int = 0, size: Int = 0,
            link: UInt32 = 0, entry: UInt64 = 0
        ) {
            add(UInt32(0), type)
            add(flags, address, UInt64(offset), UInt64(size))
            add(link, UInt32(0))
            add(UInt64(1), entry)
        }
    }

    /// A figure of /proc/self/status, in bytes.
    private func memory(_ field: String) throws -> Int {
        let status = String(
            decoding: try smallFile("/proc/self/status", atMost: 1 << 16), as: UTF8.self)
        let kilobytes = try #require(value(of: field, in: status)?.split(separator: " ").first)
        return try #require(Int(kilobytes)) * 1024
    }

    /// The code of a file, and by how much memory rose at most while its symbols were read.
    private func read(_ path: FilePath) throws -> (code: CodeFile, peak: Int) {
        guard let file = RegularFile(path.string, in: "/") else {
            throw Errno.noSuchFileOrDirectory
        }
        FreedMemory.giveBack()
        let reset = try FileDescriptor.open("/proc/self/clear_refs", .writeOnly)
        defer { try? reset.close() }
        // The peak is taken anew from here; proc(5).
        try reset.writeAll("5".utf8)
        let before = try memory("VmRSS")
        let elf = try #require(ElfFile(file.descriptor))
        let code = CodeFile(elf)
        return (code, try memory("VmHWM") - before)
    }

    @Test("names stay in the file, and memory comes back")
    func memoryIsBounded() async throws {
        try await withFolder { folder in
            let path = folder.appending("large")
            let count = 700_000
            try make(path, functions: count)
            let size = try #require(RegularFile.identity(of: path.string, in: "/")?.size)
            #expect(size > 200 << 20)
            FreedMemory.keepNothingLarge()
            FreedMemory.giveBack()
            let before = try memory("RssAnon")
            #expect(try read(path).code.name(at: 0x1000) != nil)
            FreedMemory.giveBack()
            let left = try memory("RssAnon") - before
            #expect(left < 8 << 20, "\(left)")

            let (code, peak) = try read(path)
            // 24 bytes of each, and half of that once more while they are sorted.
            #expect(peak < 40 << 20, "\(peak)")
            #expect(code.footprint < 20 << 20)
            // As long as someone wants to know, whatever becomes of the file.
            #expect(unlink(path.string) == 0)
            for index in [0, 1, 4095, 4096, 350_001, count - 1] {
                #expect(code.name(at: 0x1008 + 16 * UInt64(index)) == Self.name(index))
            }
            #expect(code.name(at: 0x1000 + 16 * UInt64(count)) == nil)
        }
    }

    @Test func smallerOnesKeepTheirs() async throws {
        try await withFolder { folder in
            let path = folder.appending("small")
            try make(path, functions: 5000)
            let code = try read(path).code
            #expect(truncate(path.string, 0) == 0)
            #expect(code.name(at: 0x1000 + 16 * 4999) == Self.name(4999))
        }
    }
}

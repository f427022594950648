import ProcFormats
import Testing
import Units

@testable import Probes

@Suite("Records of perf events")
struct PerfRecordTests {
    /// A record as the kernel puts it into the ring.
    private func record(kind: UInt32, flags: UInt16 = 0, _ payload: [UInt8]) -> [UInt8] {
        bytes(kind) + bytes(flags) + bytes(UInt16(8 + payload.count)) + payload
    }

    private func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number) { Array($0) }
    }

    private func parse(_ bytes: [UInt8], _ fields: PerfFields = []) throws(ParseError) -> PerfRecord
    {
        try PerfRecord(parsing: bytes.span.bytes, fields)
    }

    private static let fields: PerfFields = [
        .instructionPointer, .thread, .time, .identifier, .cpu, .callChain, .raw, .userRegisters,
        .userStack,
    ]

    /// One of a thread in the kernel, with all there can be.
    private var fullSample: [UInt8] {
        var payload = bytes(UInt64(0xffff_ffff_8100_0000)) + bytes(Int32(7)) + bytes(Int32(8))
        payload += bytes(UInt64(1000)) + bytes(UInt64(42)) + bytes(UInt32(3)) + bytes(UInt32(0))
        payload += bytes(UInt64(5)) + bytes(Int64(-128)) + bytes(UInt64(0xffff_ffff_8100_0000))
        payload += bytes(Int64(-512)) + bytes(UInt64(0x401000)) + bytes(UInt64(0x402000))
        payload += bytes(UInt32(4)) + [1, 2, 3, 4]
        payload += bytes(UInt64(2)) + (0..<17).flatMap { bytes(UInt64(100 + $0)) }
        payload += bytes(UInt64(16)) + Array(0..<16) + bytes(UInt64(12))
        return record(kind: 9, flags: 1, payload)
    }

    @Test("a sample tells all it was asked for")
    func sample() throws {
        let all = fullSample
        guard case .sample(let sample) = try parse(all, Self.fields) else {
            Issue.record("no sample")
            return
        }
        #expect(sample.isInKernel)
        #expect(sample.instructionPointer == 0xffff_ffff_8100_0000)
        #expect((sample.process, sample.thread) == (ProcessID(7), ThreadID(8)))
        #expect((sample.time, sample.identifier, sample.cpu) == (1000, 42, 3))
        #expect(Array(all[sample.raw]) == [1, 2, 3, 4])
        #expect(Array(all[sample.stack]) == Array(0..<12), "what was copied, not the room for it")
        let chain = PerfChain(all.span.bytes, sample.chain)
        #expect(chain.kernel == [0xffff_ffff_8100_0000])
        #expect(chain.user == [0x401000, 0x402000])
        // ax bx cx dx si di bp sp ip r8...: in the order of asm/perf_regs.h.
        let read = PerfRegisters.read(all.span.bytes, sample.registers)
        let registers = try #require(read)
        #expect(registers.instructionPointer == 108)
        #expect(registers.stackPointer == 107)
        #expect(registers.framePointer == 106)
        #expect((0...3).map { registers[$0] } == [100, 103, 102, 101])
        #expect((8...15).map { registers[$0] } == (109...116).map { UInt64($0) })
    }

    @Test("a sample cut at any byte is an error")
    func cut() {
        let all = fullSample
        for length in 0..<all.count {
            #expect(throws: ParseError.self) { try parse(Array(all[..<length]), Self.fields) }
            // The same with a header that agrees: what is asked for is not there.
            guard length >= 8 else { continue }
            let shorter = record(kind: 9, Array(all[8..<length]))
            #expect(throws: ParseError.self) { try parse(shorter, Self.fields) }
        }
    }

    @Test("counts that cannot be are errors, not sizes")
    func counts() {
        for count: UInt64 in [9, .max, .max / 8, 1 << 61] {
            let chain = record(kind: 9, bytes(count) + bytes(UInt64(1)))
            #expect(throws: ParseError.self) { try parse(chain, .callChain) }
            let stack = record(kind: 9, bytes(UInt64(8)) + bytes(UInt64(1)) + bytes(count))
            #expect(throws: ParseError.self) { try parse(stack, .userStack) }
        }
    }

    @Test("a thread of the kernel has neither registers nor stack")
    func kernelThread() throws {
        let all = record(kind: 9, flags: 1, bytes(UInt64(0)) + bytes(UInt64(0)))
        guard case .sample(let sample) = try parse(all, [.userRegisters, .userStack]) else {
            Issue.record("no sample")
            return
        }
        let registers = PerfRegisters.read(all.span.bytes, sample.registers)
        #expect(registers == nil)
        #expect(sample.stack.isEmpty)
    }

    @Test("registers of 32 bits are not taken for others")
    func compatible() throws {
        let all = record(kind: 9, bytes(UInt64(1)) + Array(repeating: 1, count: 8 * 17))
        guard case .sample(let sample) = try parse(all, .userRegisters) else {
            Issue.record("no sample")
            return
        }
        let registers = PerfRegisters.read(all.span.bytes, sample.registers)
        #expect(registers == nil)
    }

    @Test("the other records")
    func others() throws {
        let pair = bytes(Int32(7)) + bytes(Int32(8))
        #expect(try parse(record(kind: 2, bytes(UInt64(42)) + bytes(UInt64(9)))) == .lost(9))
        #expect(try parse(record(kind: 5, [])) == .throttled)
        #expect(try parse(record(kind: 1, pair)) == .mapping(ProcessID(7)))
        #expect(try parse(record(kind: 10, pair)) == .mapping(ProcessID(7)))
        let named = record(kind: 3, flags: 1 << 13, pair + Array("poll\0\0\0\0".utf8))
        #expect(
            try parse(named)
                == .named(ProcessID(7), ThreadID(8), name: Array("poll".utf8), isNewProgram: true))
        let parents = bytes(Int32(7)) + bytes(Int32(1)) + bytes(Int32(8)) + bytes(Int32(2))
        #expect(try parse(record(kind: 4, parents)) == .ended(ProcessID(7), ThreadID(8)))
        #expect(try parse(record(kind: 7, parents)) == .began(ProcessID(7), ThreadID(8)))
        #expect(try parse(record(kind: 77, [])) == .other)
        for kind: UInt32 in [1, 2, 3, 4, 7, 10] {
            #expect(throws: ParseError.self) { try parse(record(kind: kind, [1, 2, 3])) }
        }
    }
}

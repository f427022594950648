import ProcFormats
import Testing
import Units

struct TaskAccountingTests {
    private func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number) { Array($0) }
    }

    private func attribute(_ kind: UInt16, _ payload: [UInt8]) -> [UInt8] {
        bytes(UInt16(4 + payload.count)) + bytes(kind) + payload
            + Array(repeating: 0, count: -payload.count & 3)
    }

    /// An answer with `size` bytes of figures, each eight of which hold where they stand.
    private func answer(size: Int) -> [UInt8] {
        var figures: [UInt8] = []
        for offset in stride(from: 0, to: size, by: 8) { figures += bytes(UInt64(offset)) }
        let inner =
            attribute(1, bytes(UInt32(4711))) + attribute(6, [])
            + attribute(3, Array(figures.prefix(size)))
        return [2, 1, 0, 0] + attribute(4, inner)
    }

    private func parse(_ bytes: [UInt8]) throws(ParseError) -> TaskAccounting? {
        try TaskAccounting(in: bytes.span, payload: 0..<bytes.count)
    }

    /// Versions 8 (RHEL 7), 13 and 16.
    @Test(arguments: [328, 416, 560])
    func figuresStandWhereEveryVersionHasThem(_ size: Int) throws {
        let accounting = try #require(try parse(answer(size: size)))
        #expect(accounting.thread == ThreadID(4711))
        #expect(accounting.timeslices == 16)
        #expect(accounting.runDelay == Nanoseconds(24))
        #expect(accounting.runTime == Nanoseconds(72))
        #expect(accounting.voluntarySwitches == 272)
        #expect(accounting.involuntarySwitches == 280)
    }

    @Test func whatIsTooShortIsNone() throws {
        #expect(try parse(answer(size: 280)) == nil)
        #expect(try parse([2, 1, 0, 0]) == nil)
        #expect(try parse([2, 1, 0, 0] + attribute(9, [1, 2, 3, 4])) == nil)
    }

    @Test func anAnswerThatIsCutIsNone() {
        let whole = answer(size: 328)
        for count in whole.indices.dropFirst(4) {
            let accounting = try? parse(Array(whole[..<count]))
            #expect(accounting == nil, "\(count)")
        }
    }

    @Test func aFamilysNumber() throws {
        let answer = [1, 2, 0, 0] + attribute(2, Array("TASKSTATS".utf8)) + attribute(1, [23, 0])
        #expect(try GenericFamily.number(in: answer.span, payload: 0..<answer.count) == 23)
        #expect(try GenericFamily.number(in: [1, 2, 0, 0].span, payload: 0..<4) == nil)
    }
}

import CElfutils
import Testing

@testable import Probes

struct UnwindExpressionTests {
    func operation(_ code: Int, _ first: UInt64 = 0, _ second: UInt64 = 0) -> celfutils_operation {
        celfutils_operation(code: UInt8(code), first: first, second: second)
    }

    func value(
        _ operations: [celfutils_operation], instructionPointer: UInt64 = 0, stack: [UInt64] = []
    ) -> UInt64? {
        stack.withUnsafeBytes {
            UnwindExpression(operations).value(
                UserRegisters(instructionPointer: instructionPointer, stackPointer: 0x1000),
                stack: StackCopy(start: 0x1000, bytes: $0))
        }
    }

    /// What linkers write for stubs of 16 bytes: from the 11th on, a number has been pushed.
    @Test(arguments: [(0, 8), (5, 8), (11, 16), (15, 16)] as [(UInt64, UInt64)])
    func stubsOfTheDynamicLinker(offset: UInt64, distance: UInt64) {
        let expression = [
            operation(DW_OP_breg7, 8), operation(DW_OP_breg16), operation(DW_OP_lit15),
            operation(DW_OP_and), operation(DW_OP_lit11), operation(DW_OP_ge),
            operation(DW_OP_lit3), operation(DW_OP_shl), operation(DW_OP_plus),
        ]
        #expect(value(expression, instructionPointer: 0x40_0020 + offset) == 0x1000 + distance)
    }

    /// As the C library has it for the end of signal handlers.
    @Test func savedRegisters() {
        let expression = [operation(DW_OP_breg7, 8), operation(DW_OP_deref)]
        #expect(value(expression, stack: [1, 2]) == 2)
        #expect(value(expression, stack: [1]) == nil)
    }

    @Test func sums() {
        let sum = UnwindExpression([operation(DW_OP_bregx, 6, 16)]).sum
        #expect(sum?.register == 6 && sum?.offset == 16)
        #expect(UnwindExpression([operation(DW_OP_lit0)]).sum == nil)
    }

    @Test("what is not known, or makes no sense, has no value")
    func unknown() {
        #expect(value([operation(DW_OP_breg3)]) == nil)
        #expect(value([operation(DW_OP_plus)]) == nil)
        #expect(value([operation(DW_OP_lit1), operation(DW_OP_plus)]) == nil)
        #expect(value([operation(DW_OP_call_frame_cfa)]) == nil)
        #expect(value([operation(DW_OP_piece, 8)]) == nil)
        #expect(value([]) == nil)
    }
}

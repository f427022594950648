import CElfutils

/// Instructions for a small machine that works on a stack of its own, as compilers write them where
/// "register plus offset" does not do: for stubs of the dynamic linker and for signal handlers;
/// DWARF 5, section 2.5.1.
struct UnwindExpression {
    private let operations: [celfutils_operation]

    init(_ operations: [celfutils_operation]) { self.operations = operations }

    /// What it comes to, if that is just the sum of a register and a number.
    var sum: (register: Int, offset: UInt64)? {
        guard operations.count == 1 else { return nil }
        return Self.register(operations[0])
    }

    private static func register(
        _ operation: celfutils_operation
    ) -> (register: Int, offset: UInt64)? {
        switch Int(operation.code) {
        case DW_OP_bregx: (Int(truncatingIfNeeded: operation.first), operation.second)
        case DW_OP_breg0...DW_OP_breg31: (Int(operation.code) - DW_OP_breg0, operation.first)
        default: nil
        }
    }

    /// Nil if it needs what is not known, or does what no unwind table was seen to do.
    func value(
        _ registers: UserRegisters, frameAddress: UInt64? = nil, stack: StackCopy
    ) -> UInt64? {
        var values: [UInt64] = []
        for operation in operations {
            if let (number, offset) = Self.register(operation) {
                guard let register = registers[number] else { return nil }
                values.append(register &+ offset)
                continue
            }
            switch Int(operation.code) {
            case DW_OP_lit0...DW_OP_lit31:
                values.append(UInt64(operation.code) - UInt64(DW_OP_lit0))
            case DW_OP_const1u...DW_OP_consts: values.append(operation.first)
            case DW_OP_call_frame_cfa:
                guard let frameAddress else { return nil }
                values.append(frameAddress)
            case DW_OP_plus_uconst:
                guard let value = values.popLast() else { return nil }
                values.append(value &+ operation.first)
            case DW_OP_deref:
                guard let address = values.popLast(), let word = stack.word(at: address) else {
                    return nil
                }
                values.append(word)
            case let code:
                guard let right = values.popLast(), let left = values.popLast(),
                    let result = Self.result(of: code, left, right)
                else { return nil }
                values.append(result)
            }
        }
        return values.last
    }

    /// Comparisons are signed.
    private static func result(of code: Int, _ left: UInt64, _ right: UInt64) -> UInt64? {
        let (signedLeft, signedRight) = (Int64(bitPattern: left), Int64(bitPattern: right))
        return switch code {
        case DW_OP_and: left & right
        case DW_OP_or: left | right
        case DW_OP_xor: left ^ right
        case DW_OP_plus: left &+ right
        case DW_OP_minus: left &- right
        case DW_OP_mul: left &* right
        case DW_OP_shl: left << right
        case DW_OP_shr: left >> right
        case DW_OP_eq: left == right ? 1 : 0
        case DW_OP_ne: left != right ? 1 : 0
        case DW_OP_ge: signedLeft >= signedRight ? 1 : 0
        case DW_OP_gt: signedLeft > signedRight ? 1 : 0
        case DW_OP_le: signedLeft <= signedRight ? 1 : 0
        case DW_OP_lt: signedLeft < signedRight ? 1 : 0
        default: nil
        }
    }
}

/// A copy of the part of a stack that is in use, or of its beginning.
struct StackCopy {
    /// Of the first byte: the stack pointer.
    let start: UInt64
    let bytes: UnsafeRawBufferPointer

    /// Nil where the copy does not reach.
    func word(at address: UInt64) -> UInt64? {
        guard address >= start, let offset = Int(exactly: address - start),
            offset <= bytes.count - MemoryLayout<UInt64>.size
        else { return nil }
        return bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }
}

import CElfutils

/// How the registers of a caller are found, for code that is at one address.
struct UnwindRules {
    /// Where the frame of the function begins, the canonical frame address of DWARF: on x86-64 what
    /// the stack pointer was before the call.
    let frameAddress: Value
    /// Of the registers that are not as they were.
    let changes: [(register: Int, value: Value)]
    /// A handler of a signal was not called: its "caller" was interrupted.
    let isSignal: Bool

    enum Value {
        /// Cannot be known.
        case lost
        /// A register's value and so much.
        case register(Int, plus: UInt64)
        /// The frame's address and so much.
        case frame(plus: UInt64)
        /// What is in memory at the frame's address and so much.
        case saved(plus: UInt64)
        case expression(UnwindExpression)
    }

    /// - Parameter frame: what libdw found; not kept.
    init?(_ frame: OpaquePointer, isSignal: Bool) {
        let space = UnsafeMutableBufferPointer<celfutils_operation>.allocate(capacity: 64)
        defer { space.deallocate() }
        let count = celfutils_frame_address(frame, space.baseAddress, space.count)
        guard count > 0 else { return nil }
        let address = UnwindExpression(Array(space[..<count]))
        frameAddress =
            address.sum.map { .register($0.register, plus: $0.offset) } ?? .expression(address)
        changes = (0..<UserRegisters.count).compactMap { number in
            let count = celfutils_register(frame, Int32(number), space.baseAddress, space.count)
            if count == 0 { return nil }
            return (number, count < 0 ? .lost : Value(Array(space[..<count])))
        }
        self.isSignal = isSignal
    }

    private var returnAddress: Value? {
        changes.first { $0.register == UserRegisters.instructionPointerNumber }?.value
    }

    /// Nobody called this: the first function of a thread.
    var isOutermost: Bool {
        if case .lost = returnAddress { true } else { false }
    }

    /// Where in the frame the return address is; nil where that is not fixed.
    var returnAddressOffset: UInt64? {
        if case .saved(let offset) = returnAddress { offset } else { nil }
    }
}

extension UnwindRules.Value {
    /// - Parameter operations: where a register was saved, or its value.
    fileprivate init(_ operations: [celfutils_operation]) {
        let codes = operations.map { Int($0.code) }
        switch codes {
        case [DW_OP_call_frame_cfa]: self = .saved(plus: 0)
        case [DW_OP_call_frame_cfa, DW_OP_plus_uconst]: self = .saved(plus: operations[1].first)
        case [DW_OP_call_frame_cfa, DW_OP_stack_value]: self = .frame(plus: 0)
        case [DW_OP_call_frame_cfa, DW_OP_plus_uconst, DW_OP_stack_value]:
            self = .frame(plus: operations[1].first)
        case [DW_OP_regx]:
            // The number is the file's, and may be any.
            let number = Int(exactly: operations[0].first) ?? .max
            self = number < UserRegisters.count ? .register(number, plus: 0) : .lost
        case _ where codes.last == DW_OP_stack_value:
            self = .expression(UnwindExpression(operations.dropLast()))
        case _ where codes.count == 1 && (DW_OP_reg0...DW_OP_reg31).contains(codes[0]):
            self = .register(codes[0] - DW_OP_reg0, plus: 0)
        default:
            // An expression without a value at its end says where the value is in memory.
            let load = celfutils_operation(code: UInt8(DW_OP_deref), first: 0, second: 0)
            self = .expression(UnwindExpression(operations + [load]))
        }
    }
}

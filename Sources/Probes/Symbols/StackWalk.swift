/// The way from a function to its callers, one at a time.
struct StackWalk {
    private let code: AddressSpace
    private let stack: StackCopy
    private var registers: UserRegisters
    /// The instruction pointer is that of a caller: right after its call.
    private(set) var isReturnAddress = false
    /// The last step was a guess.
    private(set) var isGuessed = false

    var address: UInt64 { registers.instructionPointer }

    init(_ registers: UserRegisters, stack: StackCopy, in code: AddressSpace) {
        self.code = code
        self.stack = stack
        self.registers = registers
    }

    /// Goes on to the caller; false where there is none, or none can be found.
    mutating func step() -> Bool {
        isGuessed = false
        guard let rules = code.rules(at: isReturnAddress ? address &- 1 : address) else {
            return stepWithoutRules()
        }
        if rules.isOutermost { return false }
        guard let frame = value(rules.frameAddress, frame: nil) else {
            return stepToGuessedFrame(rules)
        }
        // A copy of the stack that is too short ends the walk.
        guard let caller = caller(rules, frame: frame), caller.instructionPointer != 0 else {
            return false
        }
        guard code.isCode(caller.instructionPointer) else { return stepByScan() }
        return go(to: caller, isInterrupted: rules.isSignal)
    }

    /// Stacks grow downwards: a caller's stack pointer is higher, or something is wrong. Handlers of
    /// signals may have stacks of their own.
    private mutating func go(to caller: UserRegisters, isInterrupted: Bool = false) -> Bool {
        guard isInterrupted || caller.stackPointer > registers.stackPointer else { return false }
        registers = caller
        // The kernel lets a handler return to the beginning of the code that ends it: no call there.
        let returnsToKernel = code.rules(at: caller.instructionPointer)?.isSignal ?? false
        isReturnAddress = !isInterrupted && !returnsToKernel
        return true
    }

    private func value(_ value: UnwindRules.Value, frame: UInt64?) -> UInt64? {
        switch value {
        case .lost: nil
        case .register(let number, let offset): registers[number].map { $0 &+ offset }
        case .frame(let offset): frame.map { $0 &+ offset }
        case .saved(let offset): frame.flatMap { stack.word(at: $0 &+ offset) }
        case .expression(let expression):
            expression.value(registers, frameAddress: frame, stack: stack)
        }
    }

    private func caller(_ rules: UnwindRules, frame: UInt64) -> UserRegisters? {
        var caller = registers
        for (number, value) in rules.changes { caller[number] = self.value(value, frame: frame) }
        let isKnown = caller[UserRegisters.instructionPointerNumber] != nil
        return isKnown && caller[UserRegisters.stackPointerNumber] != nil ? caller : nil
    }

    /// Code that has no tables: that of a JIT compiler, or written by hand.
    private mutating func stepWithoutRules() -> Bool {
        let pointer = registers.stackPointer
        if !isReturnAddress, let word = stack.word(at: pointer), code.callSite(before: word) != nil
        {
            // A function that has made no frame, or none yet. Its caller's would be skipped.
            return guess(word, at: pointer)
        }
        if let frame = registers.framePointer, frame >= pointer,
            let saved = stack.word(at: frame), let word = stack.word(at: frame &+ 8),
            code.isReturnAddress(word)
        {
            var caller = registers
            caller.instructionPointer = word
            caller.stackPointer = frame &+ 16
            caller.framePointer = saved
            return go(to: caller)
        }
        return stepByScan()
    }

    /// The tables count from a register that is not known: the frame must be where its return
    /// address is.
    private mutating func stepToGuessedFrame(_ rules: UnwindRules) -> Bool {
        guard let offset = rules.returnAddressOffset else { return false }
        let function = code.start(ofFunctionAt: isReturnAddress ? address &- 1 : address)
        var likely: UInt64?
        var certain: UInt64?
        for place in placesToScan where certain == nil {
            guard let word = stack.word(at: place), let site = code.callSite(before: word) else {
                continue
            }
            if case .direct(let target) = site, target == function { certain = place }
            likely = likely ?? place
        }
        // Whoever calls this very function is no guess.
        isGuessed = certain == nil
        guard let place = certain ?? likely, let caller = caller(rules, frame: place &- offset)
        else { return false }
        return go(to: caller)
    }

    private mutating func stepByScan() -> Bool {
        for place in placesToScan {
            if let word = stack.word(at: place), code.callSite(before: word) != nil {
                return guess(word, at: place)
            }
        }
        return false
    }

    /// Where return addresses may be: the next 8 KB.
    private var placesToScan: some Sequence<UInt64> {
        stride(from: registers.stackPointer, to: registers.stackPointer &+ 8192, by: 8)
    }

    private mutating func guess(_ word: UInt64, at place: UInt64) -> Bool {
        var caller = registers
        caller.instructionPointer = word
        caller.stackPointer = place &+ 8
        // The caller's own, if this function left it alone.
        if let frame = caller.framePointer, frame < caller.stackPointer {
            caller.framePointer = nil
        }
        isGuessed = true
        return go(to: caller)
    }
}

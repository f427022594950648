import ProcReading

/// How to find callers.
extension AddressSpace {
    struct Caller: Hashable, Sendable {
        var address: UInt64
        /// `address` is that after a call, as it is but for the first and for functions that a
        /// signal interrupted.
        var isReturnAddress: Bool
        var isGuessed: Bool
    }

    /// As many as the kernel gives of a call chain; `perf_event_max_stack`.
    static let mostCallers = 127

    /// Who called whom, by the unwind tables of the code, else by frame pointers, else by looking for
    /// return addresses. The first is the instruction pointer.
    ///
    /// - Parameters:
    ///   - stack: a copy of the stack, from the stack pointer on. Where it ends, so do the callers.
    func callers(_ registers: UserRegisters, stack: UnsafeRawBufferPointer) -> [Caller] {
        var walk = StackWalk(
            registers, stack: StackCopy(start: registers.stackPointer, bytes: stack), in: self)
        var callers: [Caller] = []
        repeat {
            callers.append(
                Caller(
                    address: walk.address, isReturnAddress: walk.isReturnAddress,
                    isGuessed: walk.isGuessed))
        } while callers.count < Self.mostCallers && walk.step()
        return callers
    }

    func frame(of caller: Caller) -> CodeFrame {
        var frame = frame(at: caller.address, isReturnAddress: caller.isReturnAddress)
        frame.isGuessed = caller.isGuessed
        return frame
    }

    func isCode(_ address: UInt64) -> Bool { mapping(at: address) != nil }

    /// What the unwind tables say of an address.
    func rules(at address: UInt64) -> UnwindRules? {
        guard let mapping = mapping(at: address), let file = file(of: mapping),
            let inFile = file.address(ofByteAt: mapping.fileOffset(of: address))
        else { return nil }
        return file.rules(at: inFile) { CodeFiles.open(mapping, of: process) }
    }

    /// Where the function begins that the address is in, if it is known.
    func start(ofFunctionAt address: UInt64) -> UInt64? {
        guard let mapping = mapping(at: address), let file = file(of: mapping),
            let inFile = file.address(ofByteAt: mapping.fileOffset(of: address))
        else { return nil }
        return file.start(ofFunctionAt: inFile).map { address &- (inFile - $0) }
    }

    /// The call that ends right before an address; nil where none does, or where that may not be
    /// read.
    func callSite(before address: UInt64) -> CallSite? {
        let start = address &- UInt64(CallSite.longest)
        guard isCode(address &- 1), let code = memory.bytes(CallSite.longest, at: start),
            let site = CallSite(code, before: address)
        else { return nil }
        if case .direct(let target) = site { return isCode(target) ? site : nil }
        return site
    }

    /// Whether an address where a return address belongs is one, as far as that can be known.
    func isReturnAddress(_ address: UInt64) -> Bool {
        memory.isReadable ? callSite(before: address) != nil : isCode(address)
    }
}

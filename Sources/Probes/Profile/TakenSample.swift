import Units

/// A sample out of its ring: what is needed to find the call chain, which takes longer than the ring
/// can wait.
struct TakenSample {
    var process: ProcessID
    var tid: ThreadID
    /// Addresses in the kernel, innermost first; all but the first are return addresses.
    var kernel: [UInt64] = []
    /// The same in user mode, by frame pointers, as the kernel found them.
    var user: [UInt64] = []
    /// Registers and stack of user mode, where they could be had.
    var registers: UserRegisters?
    var stack: [UInt8] = []
    /// Events that it stands for.
    var weight = 1

    init(process: ProcessID, tid: ThreadID) {
        self.process = process
        self.tid = tid
    }

    init(_ sample: PerfSample, _ bytes: RawSpan, weight: Int) {
        process = sample.process
        tid = sample.thread
        let chain = PerfChain(bytes, sample.chain)
        kernel = chain.kernel
        user = chain.user
        registers = PerfRegisters.read(bytes, sample.registers)
        stack = bytes.extracting(sample.stack).withUnsafeBytes { Array($0) }
        self.weight = weight
    }

    /// Bytes of memory, about.
    var size: Int { MemoryLayout<Self>.size + stack.count + 8 * (kernel.count + user.count) }

    /// Who called whom in user mode, innermost first. The copied stack tells it for code without
    /// frame pointers; the kernel's chain goes on where the copy ends, or there is none.
    func callers(in space: AddressSpace) -> [AddressSpace.Caller] {
        let chain = user.enumerated().map {
            AddressSpace.Caller(address: $1, isReturnAddress: $0 > 0, isGuessed: false)
        }
        guard let registers else { return chain }
        let callers = stack.withUnsafeBytes { space.callers(registers, stack: $0) }
        return callers.count > 1 || callers.count >= chain.count ? callers : chain
    }
}

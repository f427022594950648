/// A thread's registers in user mode, as far as they are known, by their DWARF numbers: on x86-64
/// 0 rax, 1 rdx, 2 rcx, 3 rbx, 4 rsi, 5 rdi, 6 rbp, 7 rsp, 8 to 15 r8 to r15, 16 the return address,
/// here the instruction pointer; System V ABI, AMD64 supplement, figure 3.36.
struct UserRegisters: Hashable, Sendable {
    private(set) var values = [UInt64?](repeating: nil, count: Self.count)

    static let count = 17
    static let framePointerNumber = 6
    static let stackPointerNumber = 7
    static let instructionPointerNumber = 16

    /// The two that `/proc/TID/syscall` tells.
    init(instructionPointer: UInt64, stackPointer: UInt64) {
        self.instructionPointer = instructionPointer
        self.stackPointer = stackPointer
    }

    subscript(number: Int) -> UInt64? {
        get { values.indices.contains(number) ? values[number] : nil }
        set { if values.indices.contains(number) { values[number] = newValue } }
    }

    var instructionPointer: UInt64 {
        get { values[Self.instructionPointerNumber] ?? 0 }
        set { values[Self.instructionPointerNumber] = newValue }
    }

    var stackPointer: UInt64 {
        get { values[Self.stackPointerNumber] ?? 0 }
        set { values[Self.stackPointerNumber] = newValue }
    }

    var framePointer: UInt64? {
        get { values[Self.framePointerNumber] }
        set { values[Self.framePointerNumber] = newValue }
    }
}

/// The registers of user mode that go with a sample: those which `UserRegisters` has.
enum PerfRegisters {
    /// By the numbers of `asm/perf_regs.h` for x86-64, in their order, with which number of DWARF each
    /// has: ax, bx, cx, dx, si, di, bp, sp, ip, r8 to r15.
    private static let numbers: [(perf: UInt64, dwarf: Int)] =
        [(0, 0), (1, 3), (2, 2), (3, 1), (4, 4), (5, 5), (6, 6), (7, 7), (8, 16)]
        + (8...15).map { (UInt64($0) + 8, $0) }

    static let mask = numbers.reduce(UInt64(0)) { $0 | 1 << $1.perf }
    static var count: Int { numbers.count }

    /// - Parameter place: where they stand, or an empty range where there are none.
    static func read(_ bytes: RawSpan, _ place: Range<Int>) -> UserRegisters? {
        guard place.count == 8 * count else { return nil }
        var registers = UserRegisters(instructionPointer: 0, stackPointer: 0)
        for (index, number) in numbers.enumerated() {
            registers[number.dwarf] = bytes.unsafeLoadUnaligned(
                fromByteOffset: place.lowerBound + 8 * index, as: UInt64.self)
        }
        return registers
    }
}

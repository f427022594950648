/// What kind of call ends right before an address: the sign that a word on a stack is a return
/// address. Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, CALL.
enum CallSite {
    /// Of a function that is named in the instruction.
    case direct(target: UInt64)
    /// Of one whose address was in a register or in memory.
    case indirect

    /// As many bytes as the longest call has without prefixes.
    static let longest = 7

    /// - Parameter code: the `longest` bytes before `address`.
    init?(_ code: [UInt8], before address: UInt64) {
        guard code.count == Self.longest else { return nil }
        if code[2] == 0xE8 {
            let distance = code[3...].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let target = address &+ UInt64(bitPattern: Int64(Int32(bitPattern: distance)))
            self = .direct(target: target)
            return
        }
        // FF, then a byte whose middle bits are 2; the others tell how many bytes follow.
        for length in [2, 3, 4, 6, 7] {
            let start = Self.longest - length
            let mode = code[start + 1]
            guard code[start] == 0xFF, mode & 0o070 == 0o020, Self.length(mode: mode) == length
            else { continue }
            self = .indirect
            return
        }
        return nil
    }

    private static func length(mode: UInt8) -> Int {
        let scaled = mode & 7 == 4 ? 1 : 0
        return switch mode >> 6 {
        case 0: mode & 7 == 5 ? 6 : 2 + scaled
        case 1: 3 + scaled
        case 2: 6 + scaled
        default: 2
        }
    }
}

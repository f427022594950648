internal import CLinux

/// Names and arguments of system calls, in this machine's own ABI.
public enum SystemCallTable {
    /// The name of a system call; nil for a number that libseccomp does not know.
    public static func name(of number: Int32) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            let count = clinux_system_call_name(number, buffer.baseAddress, buffer.count)
            guard count > 0 else { return nil }
            return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count])
                .withMemoryRebound(to: UInt8.self) { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// One argument as text.
    public struct Argument: Hashable, Sendable {
        /// As the call's manual page names it; nil for a call that this table does not know.
        public let name: String?
        public let value: String
    }

    /// A call's arguments, from the six registers as the kernel shows them: those the call takes,
    /// by name. Of a call that the table does not know, all six in hexadecimal.
    public static func arguments(of name: String?, _ registers: [UInt64]) -> [Argument] {
        guard let name, let parameters = parameters[name] else {
            return registers.map { Argument(name: nil, value: hexadecimal($0)) }
        }
        return zip(parameters, registers).map { parameter, register in
            Argument(name: parameter.name, value: parameter.kind.text(of: register))
        }
    }

    /// Whether the first argument is a file descriptor.
    package static func takesDescriptorFirst(_ name: String) -> Bool {
        parameters[name]?.first?.kind == .descriptor
    }

    static func hexadecimal(_ value: UInt64) -> String {
        "0x" + String(value, radix: 16)
    }
}

// MARK: - How arguments read

extension SystemCallTable {
    struct Parameter {
        let name: String
        let kind: Kind
    }

    enum Kind: Character {
        /// A file descriptor.
        case descriptor = "d"
        /// A directory's descriptor, or AT_FDCWD.
        case directory = "D"
        /// A signed number of 32 bits.
        case int = "i"
        /// A size or count.
        case size = "u"
        /// An address in the program, or NULL.
        case pointer = "p"
        /// Bits.
        case flags = "x"
        /// A clock: CLOCK_MONOTONIC.
        case clock = "c"
        /// futex(2)'s operation with its flags.
        case futex = "f"
        /// fcntl(2)'s command.
        case fcntl = "F"
        /// flock(2)'s operation.
        case lock = "l"

        func text(of register: UInt64) -> String {
            let number = Int32(truncatingIfNeeded: register)
            switch self {
            case .descriptor, .int: return String(number)
            case .directory: return number == -100 ? "AT_FDCWD" : String(number)
            case .size: return String(register)
            case .pointer: return register == 0 ? "NULL" : hexadecimal(register)
            case .flags: return number == 0 ? "0" : hexadecimal(UInt64(UInt32(bitPattern: number)))
            case .clock: return SystemCallTable.clocks[number] ?? String(number)
            case .futex: return SystemCallTable.futexOperation(number)
            case .fcntl: return SystemCallTable.fcntlCommands[number] ?? String(number)
            case .lock: return SystemCallTable.lockOperation(number)
            }
        }
    }

    /// "FUTEX_WAIT_BITSET|FUTEX_PRIVATE_FLAG"; linux/futex.h.
    private static func futexOperation(_ number: Int32) -> String {
        let names = [
            "WAIT", "WAKE", "FD", "REQUEUE", "CMP_REQUEUE", "WAKE_OP", "LOCK_PI", "UNLOCK_PI",
            "TRYLOCK_PI", "WAIT_BITSET", "WAKE_BITSET", "WAIT_REQUEUE_PI", "CMP_REQUEUE_PI",
            "LOCK_PI2",
        ]
        let command = Int(number & 0x7F)
        var text = names.indices.contains(command) ? "FUTEX_" + names[command] : String(command)
        if number & 128 != 0 { text += "|FUTEX_PRIVATE_FLAG" }
        if number & 256 != 0 { text += "|FUTEX_CLOCK_REALTIME" }
        return text
    }

    /// sys/file.h.
    private static func lockOperation(_ number: Int32) -> String {
        let names: [Int32: String] = [1: "LOCK_SH", 2: "LOCK_EX", 8: "LOCK_UN"]
        let text = names[number & ~4] ?? String(number & ~4)
        return number & 4 != 0 ? text + "|LOCK_NB" : text
    }

    /// linux/time.h.
    private static let clocks: [Int32: String] = [
        0: "CLOCK_REALTIME", 1: "CLOCK_MONOTONIC", 2: "CLOCK_PROCESS_CPUTIME_ID",
        3: "CLOCK_THREAD_CPUTIME_ID", 7: "CLOCK_BOOTTIME", 8: "CLOCK_REALTIME_ALARM",
        9: "CLOCK_BOOTTIME_ALARM", 11: "CLOCK_TAI",
    ]

    /// Those that can wait; linux/fcntl.h.
    private static let fcntlCommands: [Int32: String] = [
        6: "F_SETLK", 7: "F_SETLKW", 37: "F_OFD_SETLK", 38: "F_OFD_SETLKW",
    ]
}

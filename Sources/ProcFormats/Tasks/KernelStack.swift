/// `/proc/PID/task/TID/stack`; `proc_pid_stack(5)`.
public struct KernelStack: Hashable, Sendable {
    /// Functions of the kernel with the offset of the call in them, innermost first:
    /// "futex_wait_queue+0x60". Empty for a zombie.
    public var functions: [String]

    /// Parses one read of the file, lines like `[<0>] futex_wait_queue+0x60/0x90`. Kernels before
    /// 4.15 write an address in the brackets, and older ones end with one that is no function.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        functions = []
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            try cursor.expect("[<")
            guard let bracket = cursor.firstOffset(of: UInt8(ascii: "]")) else {
                throw ParseError(.truncated, at: bytes.count)
            }
            cursor.offset = bracket + 1
            try cursor.expect(.space)
            let frame = bytes.text(in: try cursor.restOfLine())
            if frame == "0xffffffffffffffff" { continue }
            functions.append(frame.withoutFunctionSize)
        }
    }
}

extension String {
    /// "fn+0x60/0x90 [ext4]" is "fn+0x60 [ext4]".
    fileprivate var withoutFunctionSize: String {
        guard let slash = firstIndex(of: "/") else { return self }
        let module = self[slash...].firstIndex(of: " ") ?? endIndex
        return String(self[..<slash] + self[module...])
    }
}

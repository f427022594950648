/// `/proc/PID/task/TID/stack`; `proc_pid_stack(5)`.
public struct KernelStack: ProcFormat, Hashable, Sendable {
    /// Functions of the kernel with the offset of the call in them, innermost first:
    /// "futex_wait_queue+0x60". Empty for a zombie.
    public var functions: [String]

    /// Parses one read of the file, lines like `[<0>] futex_wait_queue+0x60/0x90`. Kernels before
    /// 4.15 write an address in the brackets, and older ones end with one that is no function.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        functions = []
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            let start = cursor.offset
            do throws(ParseError) {
                let frame = bytes.text(in: try cursor.frame())
                if frame == "0xffffffffffffffff" { continue }
                functions.append(frame.withoutFunctionSize)
            } catch {
                cursor.loseLine("a frame", from: start, &faults)
            }
        }
    }
}

extension ByteCursor {
    /// Moves past a line and returns what stands behind its address.
    fileprivate mutating func frame() throws(ParseError) -> Range<Int> {
        try expect("[<")
        let rest = try restOfLine()
        guard let bracket = rest.first(where: { bytes[$0] == UInt8(ascii: "]") }),
            bracket + 2 < rest.upperBound, bytes[bracket + 1] == .space
        else { throw ParseError(.unexpected, at: rest.lowerBound) }
        return bracket + 2..<rest.upperBound
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

public import Units

/// One record of `/dev/kmsg`: "6,339,5140900,-;text"; `Documentation/ABI/testing/dev-kmsg`.
public struct KernelLogRecord: Hashable, Sendable {
    /// Whether the kernel wrote it. Anyone with the right to may write there, too, but not in the
    /// kernel's name.
    public var isFromKernel: Bool
    /// Without its end of line. Bytes that cannot be printed came as `\x1b` and are bytes again;
    /// what is not UTF-8 became U+FFFD.
    public var text: String

    /// Parses what one read gives. Lines after the first, which name devices, are not read.
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        let priority = try cursor.unsigned(UInt32.self)
        // The lowest three bits are the level, the rest is who: 0 for the kernel.
        isFromKernel = priority < 8
        guard let semicolon = cursor.firstOffset(of: UInt8(ascii: ";")) else {
            throw ParseError(.truncated, at: bytes.count)
        }
        cursor.offset = semicolon + 1
        text = bytes.text(in: try cursor.restOfLine(), undoing: UInt8.hexadecimal)
    }
}

/// What a record of the kernel log says of the OOM killer; `mm/oom_kill.c`.
public enum OOMMessage: Hashable, Sendable {
    /// "Out of memory: Kill process N (name) score ...", or "Memory cgroup out of memory: ...": up
    /// to 5.0 it comes before the kill, and only it tells whose limit it was.
    case chosen(isOfGroup: Bool)
    /// "oom-kill:constraint=CONSTRAINT_MEMCG,...,oom_memcg=/a,task_memcg=/a/b,task=name,pid=N,uid=0",
    /// since 5.0 before the kill: whose limit it was.
    case group(path: String)
    /// "Killed process N (name) total-vm:...", since 5.1 after the words above. Whose limit it was
    /// is nil where it does not say.
    case killed(process: ProcessID, name: String, isOfGroup: Bool?)

    /// Nil for any other record.
    public init?(_ record: KernelLogRecord) {
        guard record.isFromKernel else { return nil }
        var rest = Substring(record.text)
        if rest.removePrefix("oom-kill:") {
            let fields = rest.split(separator: ",oom_memcg=", maxSplits: 1)
            guard fields.count == 2, let end = fields[1].firstRange(of: ",task_memcg=") else {
                return nil
            }
            self = .group(path: String(fields[1][..<end.lowerBound]))
            return
        }
        var isOfGroup: Bool?
        if rest.removePrefix("Memory cgroup out of memory: ") {
            isOfGroup = true
        } else if rest.removePrefix("Out of memory: ")
            || rest.removePrefix("Out of memory (oom_kill_allocating_task): ")
        {
            isOfGroup = false
        }
        if rest.removePrefix("Killed process ") {
            // The name may hold anything, and nothing after it has parentheses.
            guard let open = rest.firstIndex(of: "("), let close = rest.lastIndex(of: ")"),
                open < close, rest[..<open].last == " ",
                let number = Int32(rest[..<open].dropLast()), number > 0
            else { return nil }
            self = .killed(
                process: ProcessID(number), name: String(rest[rest.index(after: open)..<close]),
                isOfGroup: isOfGroup)
        } else if let isOfGroup, rest.hasPrefix("Kill process ") {
            self = .chosen(isOfGroup: isOfGroup)
        } else {
            return nil
        }
    }
}

extension Substring {
    fileprivate mutating func removePrefix(_ prefix: String) -> Bool {
        guard hasPrefix(prefix) else { return false }
        self = dropFirst(prefix.count)
        return true
    }
}

extension UInt8 {
    /// The byte that `\x1b` and the like stand for, by its `x` and its digits.
    fileprivate static func hexadecimal(_ x: UInt8, _ high: UInt8, _ low: UInt8) -> UInt8? {
        guard x == UInt8(ascii: "x"), let high = high.hexadecimalDigit,
            let low = low.hexadecimalDigit
        else { return nil }
        return high << 4 | low
    }
}

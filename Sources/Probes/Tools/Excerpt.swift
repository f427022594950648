/// The beginning and the end of what a tool printed: enough to say how it went, however long.
struct Excerpt: Sendable {
    private static let headLimit = 16384
    private static let tailLimit = 2048

    private var head: [UInt8] = []
    private var tail: [UInt8] = []

    mutating func append(_ bytes: [UInt8]) {
        let first = bytes.prefix(max(0, Self.headLimit - head.count))
        head += first
        tail += bytes.dropFirst(first.count).suffix(Self.tailLimit)
        tail.removeFirst(max(0, tail.count - Self.tailLimit))
    }

    /// Both parts, fit to print.
    var text: String { HarmlessText.string(head + tail) }

    /// No line of a tracer but its own remarks: it counted nothing.
    var countsNoSystemCall: Bool {
        lines.allSatisfy { line in
            line.allSatisfy(\.isWhitespace) || line.contains("Summary of events:")
                || line.hasPrefix("strace: ") || line.hasPrefix("Process ")
        }
    }

    /// strace says so when it has attached; before 4.9 without its name in front.
    var saysAttached: Bool {
        lines.contains { $0.contains("Process ") && $0.contains(" attached") }
    }

    /// `perf record` names the samples it wrote, unless there are none.
    var recordsNoSample: Bool {
        lines.contains { $0.contains("Captured and wrote") }
            && !lines.contains { $0.contains(" samples)") }
    }

    private var lines: [Substring] { text.split(separator: "\n") }
}

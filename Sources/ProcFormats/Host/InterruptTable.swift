/// `/proc/softirqs` and `/proc/interrupts`: how often each kind came to each CPU; `proc_softirqs(5)`,
/// `proc_interrupts(5)`.
public struct InterruptTable: ProcFormat, Hashable, Sendable {
    /// The numbers of the CPUs, in the order of the columns.
    public var cpus: [Int]
    public var rows: [Row]

    public struct Row: Hashable, Sendable {
        /// "NET_RX", "24".
        public var label: String
        /// One for each CPU, or fewer.
        public var counts: [UInt64]
        /// What is behind them: "virtio0-input.0"; empty where nothing is said.
        public var device: String
    }

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        let header = try cursor.restOfLine()
        cpus = bytes.text(in: header).split(separator: " ").compactMap { Int($0.dropFirst(3)) }
        rows = []
        while !cursor.isAtEnd {
            let line = try cursor.restOfLine()
            let words = bytes.text(in: line).split(separator: " ")
            guard let label = words.first, label.last == ":" else { continue }
            let counts = words.dropFirst().prefix(cpus.count).prefix { UInt64($0) != nil }
            let rest = words.dropFirst(1 + counts.count)
            rows.append(
                Row(
                    label: String(label.dropLast()), counts: counts.compactMap { UInt64($0) },
                    device: rest.last.map(String.init) ?? ""))
        }
    }
}

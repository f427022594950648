/// `/proc/softirqs` and `/proc/interrupts`: how often each kind came to each CPU; `proc_softirqs(5)`,
/// `proc_interrupts(5)`.
public struct InterruptTable: ProcFormat, Hashable, Sendable {
    /// The numbers of the CPUs, in the order of the columns; nil for one that does not parse.
    public var cpus: [Int?]
    public var rows: [Row]

    public struct Row: Hashable, Sendable {
        /// "NET_RX", "24".
        public var label: String
        /// One for each CPU, or one alone, of the machine; nil where it does not parse, or where it is
        /// not known to which CPU it belongs.
        public var counts: [UInt64?]
        /// What is behind them: "virtio0-input.0"; empty where nothing is said.
        public var device: String
    }

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        var cursor = ByteCursor(bytes)
        let header = try cursor.restOfLine()
        cpus = []
        rows = []
        for word in bytes.words(of: header) {
            let number = Int(bytes.text(in: word).dropFirst("CPU".count))
            if number == nil { faults.note("CPU", bytes, word) }
            cpus.append(number)
        }
        while !cursor.isAtEnd {
            let start = cursor.offset
            if let line = try? cursor.restOfLine(),
                let row = Row(bytes, line, columns: cpus.count, &faults)
            {
                rows.append(row)
            } else {
                cursor.loseLine("an interrupt", from: start, &faults)
            }
        }
    }
}

extension InterruptTable.Row {
    /// Errors are counted for all CPUs together.
    private static let ofTheMachine: Set<String> = ["ERR", "MIS", "Err"]

    /// Nil where the line has no label.
    fileprivate init?(
        _ bytes: Span<UInt8>, _ line: Range<Int>, columns: Int, _ faults: inout FieldFaults
    ) {
        let words = bytes.words(of: line)
        let texts = words.map { bytes.text(in: $0) }
        guard let first = texts.first, first.last == ":", first.count > 1 else { return nil }
        label = String(first.dropLast())
        let columns = Self.ofTheMachine.contains(label) ? 1 : columns
        let numbers = texts.dropFirst().prefix(columns).map { UInt64($0) }
        let rest = texts.dropFirst(1 + columns)
        let isKnown =
            numbers.count == columns && rest.first.flatMap { UInt64($0) } == nil
            && (columns == 1 || numbers.last != .some(nil))
        counts = isKnown ? numbers : Array(repeating: nil, count: columns)
        device = rest.last.flatMap { UInt64($0) == nil ? $0 : nil } ?? ""
        if !isKnown { faults.note("counts of an interrupt", bytes, line) }
        for (number, word) in zip(numbers, words.dropFirst()) where isKnown && number == nil {
            faults.note("a count of interrupts", bytes, word)
        }
    }
}

extension Span<UInt8> {
    /// Where the words of a line stand, with blanks between.
    fileprivate func words(of line: Range<Int>) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var start: Int?
        for index in line {
            if self[index] != .space {
                start = start ?? index
            } else if let begun = start {
                words.append(begun..<index)
                start = nil
            }
        }
        if let begun = start { words.append(begun..<line.upperBound) }
        return words
    }
}

extension ByteCount: HumanReadable {
    /// A multiple of 1024 with its letter. B and K are shown whole, larger units with one decimal
    /// below 100: "0B", "812K", "2.1M", "18.2G", "1023G". At most five columns.
    public var text: String {
        for unit in Unit.allCases {
            // 1023.6K is not "1024K" but "1.0M".
            if whole(unit) < 1024 { return text(in: unit) }
        }
        return text(in: .exbibytes)
    }

    /// In a unit of the caller's choice, so that figures side by side compare: 102 MiB in gibibytes
    /// is "0.1G". As wide as it takes.
    public func text(in unit: Unit) -> String {
        let tenths = tenths(unit)
        let hasDecimal = unit >= .mebibytes && tenths < 1000
        return (hasDecimal ? oneDecimal(tenths: tenths) : "\(whole(unit))") + unit.letter
    }

    /// The units of memory, each 1024 times the one before.
    public enum Unit: Int, CaseIterable, Comparable, Sendable {
        case bytes, kibibytes, mebibytes, gibibytes, tebibytes, pebibytes, exbibytes

        public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

        /// As vm tools write it: "K" is 1024 bytes.
        var letter: String {
            switch self {
            case .bytes: "B"
            case .kibibytes: "K"
            case .mebibytes: "M"
            case .gibibytes: "G"
            case .tebibytes: "T"
            case .pebibytes: "P"
            case .exbibytes: "E"
            }
        }

        fileprivate var shift: UInt64 { UInt64(rawValue) * 10 }
    }

    private func whole(_ unit: Unit) -> UInt64 {
        let (whole, rest) = parts(unit)
        return whole + ((2 * rest) >> unit.shift)
    }

    private func tenths(_ unit: Unit) -> UInt64 {
        let (whole, rest) = parts(unit)
        // The rest is below 2^60 and ten times that fits. The whole is small where tenths count.
        let (tenths, isOver) = whole.multipliedReportingOverflow(by: 10)
        return isOver ? .max : tenths + ((10 * rest + (1 << unit.shift) / 2) >> unit.shift)
    }

    private func parts(_ unit: Unit) -> (whole: UInt64, rest: UInt64) {
        (rawValue >> unit.shift, rawValue & ((1 << unit.shift) - 1))
    }
}

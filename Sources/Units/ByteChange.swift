/// A number of bytes that may be below zero: what an amount gained, or gains a second.
public struct ByteChange: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: Double

    public init(rawValue: Double) { self.rawValue = rawValue }
    public init(_ rawValue: Double) { self.rawValue = rawValue }
    public init(_ rawValue: Int64) { self.rawValue = Double(rawValue) }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

extension ByteChange: HumanReadable {
    /// With its sign, like `ByteCount.text`: "+2.1M", "-812K", "0". At most six columns. What is
    /// not a number is "-".
    public var text: String { signed(\.text) }

    /// The same with the unit in full: "+2.1 MiB", "-812 KiB", "0 B".
    public var longText: String { isNothing ? "0 B" : signed(\.longText) }

    private var isNothing: Bool { rawValue.magnitude < 0.5 }

    private func signed(_ text: (ByteCount) -> String) -> String {
        guard !rawValue.isNaN else { return "-" }
        guard !isNothing else { return "0" }
        return (rawValue < 0 ? "-" : "+") + text(ByteCount(clamping: rawValue.magnitude))
    }
}

extension ByteCount {
    /// The nearest whole number of bytes: below zero, or what is not a number, none; beyond what
    /// 64 bits hold, as much as they do.
    public init(clamping bytes: Double) {
        self.init(bytes > 0 ? bytes.roundedMagnitude ?? .max : 0)
    }

    /// Like `text` with the unit in full, for sentences: "9.0 GiB", "812 KiB", "12 B".
    public var longText: String {
        let text = text
        guard let unit = text.last else { return text }
        return text.dropLast() + (unit == "B" ? " B" : " \(unit)iB")
    }
}

/// An amount of memory or data in bytes.
public struct ByteCount: RawRepresentable, Hashable, Comparable, Codable, Sendable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    /// The kernel's "kB", which are 1024 bytes each.
    public init(kibibytes: UInt64) { rawValue = kibibytes &* 1024 }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    /// As large as fits where that is too much: a captured file may hold any number.
    public static func + (a: Self, b: Self) -> Self {
        let (sum, isOver) = a.rawValue.addingReportingOverflow(b.rawValue)
        return Self(isOver ? .max : sum)
    }
}

/// An amount of memory in pages; `SystemInfo.pageSize` turns it into bytes.
public struct PageCount: RawRepresentable, Hashable, Comparable, Codable, Sendable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A time in the kernel's clock ticks; `SystemInfo.ticksPerSecond` (always 100 on Linux) turns it
/// into seconds. See `sysconf(3)`, `_SC_CLK_TCK`.
public struct ClockTicks: RawRepresentable, Hashable, Comparable, Codable, Sendable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    public static func + (a: Self, b: Self) -> Self { Self(a.rawValue &+ b.rawValue) }
}

/// A time in nanoseconds, as schedstat and the CPU clocks count it.
public struct Nanoseconds: RawRepresentable, Hashable, Comparable, Codable, Sendable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    public var seconds: Double { Double(rawValue) / 1e9 }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    public static func + (a: Self, b: Self) -> Self { Self(a.rawValue &+ b.rawValue) }
    public static func += (a: inout Self, b: Self) { a = a + b }

    /// How far a counter has come since `earlier`; zero where it went back.
    public func since(_ earlier: Self) -> Self {
        Self(rawValue > earlier.rawValue ? rawValue - earlier.rawValue : 0)
    }
}

/// Parts of a hundred. CPU figures are percentages of one CPU: a process may exceed 100.
public struct Percent: RawRepresentable, Hashable, Comparable, Codable, Sendable {
    public let rawValue: Float

    public init(rawValue: Float) { self.rawValue = rawValue }
    public init(_ rawValue: Float) { self.rawValue = rawValue }
    public init(_ rawValue: Double) { self.rawValue = Float(rawValue) }

    public static let zero = Percent(Float.zero)
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// How many a second.
public struct Rate: RawRepresentable, Hashable, Comparable, Codable, Sendable {
    public let rawValue: Float

    public init(rawValue: Float) { self.rawValue = rawValue }
    public init(_ rawValue: Float) { self.rawValue = rawValue }
    public init(_ rawValue: Double) { self.rawValue = Float(rawValue) }

    public static let zero = Rate(Float.zero)
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// What in one file was not as the kernel documents it: a field, whose value is absent then, or a row
/// that cannot be told from others without it. All else in the file is kept.
///
/// Allocates nothing while there is none.
public struct FieldFaults: Hashable, Sendable {
    /// All of them.
    public private(set) var count = 0
    /// The first of each name, `mostNamed` at most.
    public private(set) var first: [FieldFault] = []

    public static let mostNamed = 8

    public init() {}

    public var isEmpty: Bool { count == 0 }

    /// Notes a field. Not inlined: it hardly ever happens.
    @inline(never)
    mutating func note(_ name: StaticString, _ bytes: Span<UInt8>, _ range: Range<Int>) {
        count += 1
        let name = name.description
        guard first.count < Self.mostNamed, !first.contains(where: { $0.name == name }) else {
            return
        }
        let end = min(range.upperBound, range.lowerBound + FieldFault.mostBytes)
        first.append(FieldFault(name: name, text: bytes.text(in: range.lowerBound..<end)))
    }

    mutating func add(_ other: FieldFaults) {
        guard !other.isEmpty else { return }
        count += other.count
        for fault in other.first where !first.contains(where: { $0.name == fault.name }) {
            if first.count < Self.mostNamed { first.append(fault) }
        }
    }

    /// Notes a field that every kernel has and this file does not.
    mutating func noteMissing(_ name: StaticString) { note(name, Span(), 0..<0) }
}

/// The first field of its name that did not parse.
public struct FieldFault: Hashable, Codable, Sendable {
    /// As the kernel's documentation calls it: "processes" of `/proc/stat`.
    public var name: String
    /// What stood there, the first `mostBytes` of it; empty where nothing did. Not harmless yet.
    public var text: String

    static let mostBytes = 32

    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}

/// A file of which each field is parsed by itself, so that one that is damaged costs no other.
public protocol ProcFormat {
    /// Parses one read of the file.
    ///
    /// - Parameter faults: takes what did not parse, and is nil in the value.
    /// - Throws: where nothing can be told: the bytes are no such file, or do not say of what they are.
    init(parsing bytes: Span<UInt8>, noting faults: inout FieldFaults) throws(ParseError)
}

extension ProcFormat {
    /// The same for those who do not count faults.
    @inlinable
    public init(parsing bytes: Span<UInt8>) throws(ParseError) {
        var faults = FieldFaults()
        try self.init(parsing: bytes, noting: &faults)
    }
}

/// Where the running kernel's structures have their fields, and which numbers its functions have for
/// programs in the kernel: `/sys/kernel/btf/vmlinux`, the BPF Type Format of
/// `Documentation/bpf/btf.rst`. Of its hundred thousand types only those asked for are kept.
public struct KernelTypes: Hashable, Sendable {
    /// Fields by the name of their structure, with their offsets in bytes.
    private var fields: [String: [String: Int]] = [:]
    private var functions: [String: UInt32] = [:]

    /// Fields of unnamed structures and unions in a structure belong to it, down to this depth.
    private static let mostDepth = 8

    /// Parses a whole file. What is not in it is not there afterwards.
    public init(
        parsing bytes: Span<UInt8>, structures: Set<String>, functions: Set<String>
    ) throws(ParseError) {
        let sections = try Sections(parsing: bytes)
        var unnamed: [Part] = []
        var id: UInt32 = 0
        var offset = sections.types.lowerBound
        while let type = try Entry(nextIn: bytes, at: &offset, before: sections.types.upperBound) {
            id &+= 1
            switch type.kind {
            case .structure:
                guard let name = try sections.name(type.name, of: structures, in: bytes),
                    fields[name] == nil
                else { continue }
                fields[name] = [:]
                unnamed += try add(type, to: name, at: 0, sections, bytes)
            case .function:
                guard let name = try sections.name(type.name, of: functions, in: bytes) else {
                    continue
                }
                self.functions[name] = id
            default: continue
            }
        }
        for _ in 0..<Self.mostDepth where !unnamed.isEmpty {
            unnamed = try add(unnamed, sections, bytes)
        }
    }

    /// In bytes from the start of the structure; nil where this kernel has no such field.
    public func offset(of field: String, in structure: String) -> Int? {
        fields[structure]?[field]
    }

    /// The number of a function's type; nil where this kernel has no such function.
    public func number(ofFunction name: String) -> UInt32? { functions[name] }

    // MARK: Unnamed parts

    /// A structure or union without a name in a structure that was asked for.
    private struct Part {
        var type: UInt32
        var structure: String
        var offset: Int
    }

    /// Takes the fields of these, and returns what is unnamed in them in turn.
    private mutating func add(
        _ parts: [Part], _ sections: Sections, _ bytes: Span<UInt8>
    ) throws(ParseError) -> [Part] {
        var inner: [Part] = []
        var id: UInt32 = 0
        var offset = sections.types.lowerBound
        while let type = try Entry(nextIn: bytes, at: &offset, before: sections.types.upperBound) {
            id &+= 1
            guard type.kind == .structure || type.kind == .union else { continue }
            for part in parts where part.type == id {
                inner += try add(type, to: part.structure, at: part.offset, sections, bytes)
            }
        }
        return inner
    }

    private mutating func add(
        _ type: Entry, to structure: String, at start: Int, _ sections: Sections,
        _ bytes: Span<UInt8>
    ) throws(ParseError) -> [Part] {
        var parts: [Part] = []
        for index in 0..<type.count {
            let offset = type.details + index * Entry.memberLength
            let place = bytes.number(at: offset + 8, as: UInt32.self)
            let bits = type.hasBitFields ? place & 0xFF_FFFF : place
            // A bit field is no bytes to be read.
            guard bits % 8 == 0, !type.hasBitFields || place >> 24 == 0 else { continue }
            let position = start + Int(bits / 8)
            let name = try sections.name(bytes.number(at: offset), in: bytes)
            if name.isEmpty {
                let part = bytes.number(at: offset + 4, as: UInt32.self)
                parts.append(Part(type: part, structure: structure, offset: position))
            } else {
                fields[structure]?[name] = position
            }
        }
        return parts
    }
}

/// Where the types and their names stand in the file.
private struct Sections {
    let types: Range<Int>
    let strings: Range<Int>

    private static let magic: UInt16 = 0xEB9F
    private static let headerLength = 24

    init(parsing bytes: Span<UInt8>) throws(ParseError) {
        guard bytes.count >= Self.headerLength else {
            throw ParseError(.truncated, at: bytes.count)
        }
        guard bytes.number(at: 0, as: UInt16.self) == Self.magic else {
            throw ParseError(.unexpected, at: 0)
        }
        let header = Int(bytes.number(at: 4, as: UInt32.self))
        guard header >= Self.headerLength else { throw ParseError(.unexpected, at: 4) }
        func section(at offset: Int) throws(ParseError) -> Range<Int> {
            let start = header + Int(bytes.number(at: offset, as: UInt32.self))
            let length = Int(bytes.number(at: offset + 4, as: UInt32.self))
            guard start + length <= bytes.count else { throw ParseError(.truncated, at: offset) }
            return start..<(start + length)
        }
        types = try section(at: 8)
        strings = try section(at: 16)
    }

    func name(_ offset: UInt32, in bytes: Span<UInt8>) throws(ParseError) -> String {
        bytes.text(in: try range(offset, in: bytes))
    }

    /// The name, if it is one of these.
    func name(
        _ offset: UInt32, of wanted: Set<String>, in bytes: Span<UInt8>
    ) throws(ParseError) -> String? {
        let start = strings.lowerBound + Int(offset)
        guard start < strings.upperBound else { throw ParseError(.unexpected, at: start) }
        // Hundreds of thousands of names: nearly all differ in the first bytes.
        guard wanted.contains(where: { $0.utf8.first == bytes[start] }) else { return nil }
        return wanted.first { wanted in
            var index = start
            for byte in wanted.utf8 {
                guard index < strings.upperBound, bytes[index] == byte else { return false }
                index += 1
            }
            return index < strings.upperBound && bytes[index] == 0
        }
    }

    private func range(_ offset: UInt32, in bytes: Span<UInt8>) throws(ParseError) -> Range<Int> {
        let start = strings.lowerBound + Int(offset)
        var end = start
        while end < strings.upperBound, bytes[end] != 0 { end += 1 }
        guard end < strings.upperBound else { throw ParseError(.truncated, at: end) }
        return start..<end
    }
}

/// One type: `struct btf_type`, and what follows it.
private struct Entry {
    enum Kind: Hashable {
        case structure, union, function, other
    }

    let kind: Kind
    /// Where its name stands among the names.
    let name: UInt32
    /// How many members, parameters or values follow, and where.
    let count: Int
    let details: Int
    /// Where its members stand is told with how many bits they have.
    let hasBitFields: Bool

    static let length = 12
    static let memberLength = 12

    /// Parses the type that begins at `offset` and moves that to where the next begins; nil at the end.
    init?(nextIn bytes: Span<UInt8>, at offset: inout Int, before end: Int) throws(ParseError) {
        guard offset < end else { return nil }
        guard end - offset >= Self.length else { throw ParseError(.truncated, at: offset) }
        name = bytes.number(at: offset)
        let info: UInt32 = bytes.number(at: offset + 4)
        count = Int(info & 0xFFFF)
        hasBitFields = info >> 31 != 0
        details = offset + Self.length
        let number = info >> 24 & 0x1F
        switch number {
        case 4: kind = .structure
        case 5: kind = .union
        case 12: kind = .function
        default: kind = .other
        }
        guard let length = Self.detailsLength(of: number, count) else {
            throw ParseError(.unexpected, at: offset + 4)
        }
        guard length <= end - details else { throw ParseError(.truncated, at: details) }
        offset = details + length
    }

    /// Nil for a kind that is not known, and so not how long it is.
    private static func detailsLength(of kind: UInt32, _ count: Int) -> Int? {
        switch kind {
        case 1: 4  // INT
        case 3: 12  // ARRAY
        case 4, 5: memberLength * count  // STRUCT, UNION
        case 6: 8 * count  // ENUM
        case 13: 8 * count  // FUNC_PROTO
        case 14: 4  // VAR
        case 15: 12 * count  // DATASEC
        case 17: 4  // DECL_TAG
        case 19: 12 * count  // ENUM64
        case 2, 7, 8, 9, 10, 11, 12, 16, 18: 0  // PTR to FUNC, FLOAT, TYPE_TAG
        default: nil
        }
    }
}

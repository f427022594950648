/// The functions of a Go program by the table that its runtime itself uses, which stripping leaves:
/// `.gopclntab`; `internal/abi/symtab.go` and `debug/gosym/pclntab.go` of Go.
struct GoFunctions {
    private let table: UnsafeRawBufferPointer
    /// Bytes of a number in the list of functions.
    private let entrySize: Int
    private let count: Int
    /// Where code begins, from which new lists count; 0 where they have addresses.
    private let base: UInt64
    private let names: Int
    private let list: Int
    /// Where what it says of each counts from.
    private let origin: Int

    private static let go12: UInt32 = 0xFFFF_FFFB
    private static let go116: UInt32 = 0xFFFF_FFFA
    private static let go118: UInt32 = 0xFFFF_FFF0
    private static let go120: UInt32 = 0xFFFF_FFF1

    /// - Parameters:
    ///   - table: the section.
    ///   - text: where code begins, for tables that do not say so; nil where that is not known.
    init?(_ table: UnsafeRawBufferPointer, text: UInt64?) {
        guard table.count >= 8 + 8 * 8 else { return nil }
        self.table = table
        let magic = table.loadUnaligned(as: UInt32.self)
        let wordSize = Int(table[7])
        guard wordSize == 8 || wordSize == 4 else { return nil }
        func word(_ index: Int) -> UInt64? { Self.number(table, 8 + index * wordSize, wordSize) }
        guard let count = word(0).flatMap({ Int(exactly: $0) }) else { return nil }
        self.count = count
        switch magic {
        case Self.go12:
            (base, names, list, origin, entrySize) = (0, 0, 8 + wordSize, 0, wordSize)
        case Self.go116, Self.go118, Self.go120:
            let isRelative = magic != Self.go116
            let shift = isRelative ? 1 : 0
            guard let names = word(2 + shift).flatMap({ Int(exactly: $0) }),
                let list = word(6 + shift).flatMap({ Int(exactly: $0) })
            else { return nil }
            var start = isRelative ? word(2) ?? 0 : 0
            if isRelative, start == 0 {
                guard let text else { return nil }
                start = text
            }
            base = start
            (self.names, self.list, origin) = (names, list, list)
            entrySize = isRelative ? 4 : wordSize
        default: return nil
        }
        guard count <= FunctionTable.mostFunctions, list < table.count else { return nil }
    }

    func add(to functions: inout FunctionTable) {
        // Each is where it begins, and where more of it stands; the last one is where code ends.
        for index in 0..<count {
            let place = list + index * 2 * entrySize
            guard let start = Self.number(table, place, entrySize),
                let next = Self.number(table, place + 2 * entrySize, entrySize), next >= start,
                let more = Self.number(table, place + entrySize, entrySize),
                let data = Int(exactly: more).map({ origin + $0 + entrySize }),
                let name = Self.number(table, data, 4).flatMap({ Int(exactly: $0) })
            else { return }
            guard let text = Self.text(table, names + name) else { continue }
            functions.add(text, at: base &+ start, size: next - start, binding: .global)
        }
    }

    private static func number(
        _ table: UnsafeRawBufferPointer, _ offset: Int, _ size: Int
    ) -> UInt64? {
        guard offset >= 0, offset <= table.count - size else { return nil }
        return size == 8
            ? table.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            : UInt64(table.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    private static func text(
        _ table: UnsafeRawBufferPointer, _ offset: Int
    ) -> UnsafeBufferPointer<UInt8>? {
        guard offset > 0, offset < table.count else { return nil }
        let rest = UnsafeRawBufferPointer(rebasing: table[offset...].prefix(FunctionName.longest))
        guard let end = rest.firstIndex(of: 0), end > 0 else { return nil }
        return UnsafeRawBufferPointer(rebasing: rest[..<end]).bindMemory(to: UInt8.self)
    }
}

/// The functions of a file, or of the kernel, by address. A large program has a million, with 100 MB
/// of names: 24 bytes are kept of each, and one allocation has all names, or they stay in the file.
struct FunctionTable: Sendable {
    private var functions: [Function] = []
    private var names: [UInt8] = []
    /// Has those that are not in `names`.
    private var file: NameFile?

    private struct Function {
        var start: UInt64
        /// Up to 4 GiB; 0 as long as it is not known.
        var size: UInt32
        /// Where the name stands in `names`, or in `file`.
        var name: UInt32
        var nameLength: UInt16
        var isInFile: Bool
        var rank: Rank
    }

    /// Which of several names of one address to tell, as `perf report` chooses.
    private struct Rank: Comparable {
        private let value: UInt16

        init(hasSize: Bool, isFunction: Bool, binding: Binding, underscores: Int) {
            let kind: UInt16 = (hasSize ? 8 : 0) + (isFunction ? 4 : 0) + UInt16(binding.rawValue)
            value = kind << 8 + UInt16(255 - min(underscores, 255))
        }

        var hasSize: Bool { value >> 8 & 8 != 0 }
        var isFunction: Bool { value >> 8 & 4 != 0 }

        static func < (a: Rank, b: Rank) -> Bool { a.value < b.value }
    }

    /// More than the largest programs have; what is beyond is left out. 48 MiB.
    static let mostFunctions = 2 << 20
    /// So far may reach what does not say its size: the longest functions in assembly of OpenSSL take
    /// some 20 KiB, but say it.
    static let longestUnsized: UInt64 = 16 << 10
    static let longestOfLabel: UInt64 = 1 << 10
    /// More bytes of names than these stay where they are, if they are in a file.
    static let mostKeptNames = 4 << 20
    private static let mostNameBytes = 64 << 20

    enum Binding: UInt8 {
        // Also the order of preference.
        case weak
        case local
        case global
    }

    /// - Parameters:
    ///   - end: where code ends: that of the last function, if its size is not known.
    ///   - longest: bytes that a function may have which does not say how long it is.
    ///   - fill: adds the functions, in any order.
    init(
        endOfCode end: UInt64, longest: UInt64 = longestUnsized,
        _ fill: (inout FunctionTable) -> Void
    ) {
        fill(&self)
        functions.sort {
            if $0.start != $1.start { return $0.start < $1.start }
            if $0.rank != $1.rank { return $0.rank > $1.rank }
            return $0.nameLength > $1.nameLength
        }
        var count = 0
        for function in functions where count == 0 || functions[count - 1].start != function.start {
            functions[count] = function
            count += 1
        }
        functions.removeLast(functions.count - count)
        for index in functions.indices where functions[index].size == 0 {
            // Hand-written assembly often does not say its size: it goes on to the next. But a mere label
            // may be the last one before much that has no name.
            let next = index + 1 < count ? functions[index + 1].start : end
            let start = functions[index].start
            let most = functions[index].rank.isFunction ? longest : Self.longestOfLabel
            functions[index].size = UInt32(clamping: min(max(next, start) - start, most))
        }
    }

    /// Makes room, of which what is not needed takes no memory.
    ///
    /// - Parameter file: has names that are too many to be kept.
    mutating func prepare(forFunctions count: Int, namesIn file: NameFile?) {
        functions.reserveCapacity(min(count, Self.mostFunctions))
        self.file = file
    }

    /// - Parameters:
    ///   - name: the end of a very long one is not kept.
    ///   - size: in bytes; 0 where it is not known.
    ///   - offset: where the name stands in its file, if it is in one.
    mutating func add(
        _ name: UnsafeBufferPointer<UInt8>, at address: UInt64, size: UInt64, binding: Binding,
        isLabel: Bool = false, nameAt offset: UInt64 = 0
    ) {
        let kept = name.prefix(FunctionName.longest)
        guard !kept.isEmpty, !address.addingReportingOverflow(size).overflow,
            functions.count < Self.mostFunctions
        else { return }
        let inFile = offset > 0 ? file?.place(ofByteAt: offset) : nil
        if inFile == nil {
            guard names.count + kept.count <= Self.mostNameBytes else { return }
            names.append(contentsOf: kept)
        }
        functions.append(
            Function(
                start: address, size: UInt32(clamping: size),
                name: inFile ?? UInt32(names.count - kept.count),
                nameLength: UInt16(kept.count), isInFile: inFile != nil,
                rank: Rank(
                    hasSize: size > 0, isFunction: !isLabel, binding: binding,
                    underscores: name.prefix { $0 == UInt8(ascii: "_") }.count)))
    }

    var isEmpty: Bool { functions.isEmpty }

    /// Bytes of memory that it takes.
    var footprint: Int { functions.count * MemoryLayout<Function>.stride + names.count }

    /// Identifies the function that `address` is in; nil where no function is.
    func index(at address: UInt64) -> Int? {
        let index = functions.lastSortedIndex { $0.start <= address }
        return index.flatMap { address - functions[$0].start < functions[$0].size ? $0 : nil }
    }

    func start(of index: Int) -> UInt64 { functions[index].start }

    /// Whether its symbol says how long it is, or it is only taken to go on to the next one.
    func hasSize(_ index: Int) -> Bool { functions[index].rank.hasSize }

    /// Where the last function ends that ends before `address` and says so; nil where none does.
    func lastEnd(before address: UInt64) -> UInt64? {
        let index = functions.lastSortedIndex { $0.start <= address }
        guard let index, functions[index].rank.hasSize else { return nil }
        let end = functions[index].start + UInt64(functions[index].size)
        return end <= address ? end : nil
    }

    /// The name as the file has it; empty if that cannot be read any more.
    func name(of index: Int) -> ArraySlice<UInt8> {
        let function = functions[index]
        if function.isInFile {
            return file?.name(at: function.name, length: Int(function.nameLength))[...] ?? []
        }
        return names[Int(function.name)...].prefix(Int(function.nameLength))
    }
}

/// The functions of a file, or of the kernel, by address. One allocation for all names: a large
/// program has a million.
struct FunctionTable: Sendable {
    private var functions: [Function] = []
    private var names: [UInt8] = []

    private struct Function {
        var start: UInt64
        var end: UInt64
        /// Where the name stands in `names`.
        var name: UInt32
        var nameLength: UInt32
        var rank: Rank
    }

    /// Which of several names of one address to tell, as `perf report` chooses.
    private struct Rank: Comparable {
        var hasSize: Bool
        var isFunction: Bool
        var binding: UInt8
        var underscores: UInt8

        static func < (a: Rank, b: Rank) -> Bool {
            if a.hasSize != b.hasSize { return b.hasSize }
            if a.isFunction != b.isFunction { return b.isFunction }
            if a.binding != b.binding { return a.binding < b.binding }
            return a.underscores > b.underscores
        }
    }

    /// Several times what the largest programs have; more are left out.
    static let mostFunctions = 4 << 20
    private static let mostNameBytes = 256 << 20

    enum Binding: UInt8 {
        // Also the order of preference.
        case weak
        case local
        case global
    }

    /// - Parameters:
    ///   - end: where code ends: that of the last function, if its size is not known.
    ///   - fill: adds the functions, in any order.
    init(endOfCode end: UInt64, _ fill: (inout FunctionTable) -> Void) {
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
        for index in functions.indices where functions[index].end == functions[index].start {
            // Hand-written assembly often does not say its size: it goes on to the next.
            let next = index + 1 < count ? functions[index + 1].start : end
            functions[index].end = max(next, functions[index].start)
        }
    }

    /// - Parameters:
    ///   - name: the end of a very long one is not kept.
    ///   - size: in bytes; 0 where it is not known.
    mutating func add(
        _ name: UnsafeBufferPointer<UInt8>, at address: UInt64, size: UInt64, binding: Binding,
        isLabel: Bool = false
    ) {
        let (end, isOver) = address.addingReportingOverflow(size)
        let kept = name.prefix(FunctionName.longest)
        guard !kept.isEmpty, !isOver, functions.count < Self.mostFunctions,
            names.count + kept.count <= Self.mostNameBytes
        else { return }
        let offset = UInt32(names.count)
        names.append(contentsOf: kept)
        let underscores = name.prefix(255).prefix { $0 == UInt8(ascii: "_") }.count
        functions.append(
            Function(
                start: address, end: end, name: offset, nameLength: UInt32(kept.count),
                rank: Rank(
                    hasSize: size > 0, isFunction: !isLabel, binding: binding.rawValue,
                    underscores: UInt8(underscores))))
    }

    var isEmpty: Bool { functions.isEmpty }

    /// Identifies the function that `address` is in; nil where no function is.
    func index(at address: UInt64) -> Int? {
        let index = functions.lastSortedIndex { $0.start <= address }
        return index.flatMap { address < functions[$0].end ? $0 : nil }
    }

    func start(of index: Int) -> UInt64 { functions[index].start }

    /// The name as the file has it.
    func name(of index: Int) -> ArraySlice<UInt8> {
        let function = functions[index]
        return names[Int(function.name)..<Int(function.name + function.nameLength)]
    }
}

import CElfutils

/// The code in one file: its functions, and how to find callers in it. Addresses are those that the
/// file itself uses, as `objdump` and `addr2line` do.
final class CodeFile {
    private let segments: [celfutils_segment]
    private let functions: FunctionTable
    /// Nil as long as nobody asked for callers, or where the file could not be read any more.
    private var unwinding: UnwindTable?
    /// Nil as long as nobody asked for a function without a symbol, or where the file could not be
    /// read any more.
    private var ranges: FunctionRanges?
    /// Of the file, where it is one.
    private let identity: RegularFile.Identity?
    /// Of functions that were asked for.
    private var names: [Int: String] = [:]

    /// - Parameters:
    ///   - elf: not kept, for its symbols are many.
    ///   - identity: of the file that it was read from.
    ///   - unwinding: for what is in no file.
    ///   - search: where the symbols of a stripped file may be.
    init(
        _ elf: ElfFile, identity: RegularFile.Identity? = nil, unwinding: UnwindTable? = nil,
        search: SymbolSearch? = nil
    ) {
        self.identity = identity
        self.unwinding = unwinding
        segments = elf.segments.filter(\.is_executable)
        let end = segments.map { $0.address &+ $0.size }.max() ?? 0
        functions = FunctionTable(endOfCode: end) { table in
            if !elf.addFunctions(to: &table) {
                elf.addDynamicFunctions(to: &table)
                if elf.addGoFunctions(to: &table) { return elf.addStubs(to: &table) }
                if search?.addFunctions(of: elf, to: &table) != true {
                    _ = elf.unpackedSymbols?.addFunctions(to: &table)
                }
            }
            elf.addStubs(to: &table)
        }
    }

    /// Bytes of memory that its functions take.
    var footprint: Int { functions.footprint + (ranges?.footprint ?? 0) }

    /// The address of the byte that stands at `offset` in the file.
    func address(ofByteAt offset: UInt64) -> UInt64? {
        segments.first { offset >= $0.offset && offset - $0.offset < $0.size }
            .map { offset - $0.offset &+ $0.address }
    }

    /// Of the function at an address, for people. A symbol that does not say how long its function is
    /// only names what no other function begins before.
    func name(at address: UInt64, open: () -> RegularFile? = { nil }) -> String? {
        guard let index = functions.index(at: address) else { return nil }
        if !functions.hasSize(index),
            !mayBelong(address, toFunctionAt: functions.start(of: index), open: open)
        {
            return nil
        }
        if let name = names[index] { return name }
        let symbol = functions.name(of: index)
        guard !symbol.isEmpty else { return nil }
        let name = FunctionName.readable(symbol)
        names[index] = name
        return name
    }

    /// Where the function begins that an address without a symbol is in, by other tables than those of
    /// symbols; nil where that is not known.
    func start(ofUnnamedAt address: UInt64, open: () -> RegularFile?) -> UInt64? {
        readRanges(open)
        guard let range = ranges?[address] else { return nil }
        // A symbol tells where a function ends, too.
        let before = functions.lastEnd(before: address)
        return max(range.lowerBound, before ?? 0)
    }

    private func mayBelong(
        _ address: UInt64, toFunctionAt start: UInt64, open: () -> RegularFile?
    ) -> Bool {
        readRanges(open)
        return ranges?.mayBelong(address, toFunctionAt: start)
            ?? (address - start < FunctionRanges.mostOfUnknownSize)
    }

    /// What is in no file has symbols.
    private func readRanges(_ open: () -> RegularFile?) {
        guard ranges == nil, identity != nil, let file = open(), file.identity == identity,
            let elf = ElfFile(file.descriptor)
        else { return }
        ranges = FunctionRanges(elf)
    }

    /// Where the function begins that the address is in.
    func start(ofFunctionAt address: UInt64) -> UInt64? {
        functions.index(at: address).map(functions.start)
    }

    /// How the function finds its caller when it is at an address.
    ///
    /// - Parameter open: opens the file again: its tables are read when callers are first asked for,
    ///   which most lookups never do.
    func rules(at address: UInt64, open: () -> RegularFile?) -> UnwindRules? {
        if unwinding == nil, let file = open(), file.identity == identity {
            unwinding = UnwindTable(file)
        }
        return unwinding?.rules(at: address)
    }
}

import CElfutils

/// Where the functions of a file begin and end, whether or not they have names: by its unwind tables,
/// and where it has none, by what its code calls.
struct FunctionRanges {
    private var ranges: [Range<UInt64>] = []
    /// Of calls only the beginning of a function is known, and not of each.
    private var areGuessed = false

    /// More than the largest programs have; 16 bytes each.
    private static let most = 2 << 20
    private static let mostCode = 64 << 20
    /// Without a size, a function may be so long: there is hardly a longer one.
    static let mostOfUnknownSize: UInt64 = 64 << 10

    init(_ elf: ElfFile) {
        withUnsafeMutablePointer(to: &ranges) {
            celfutils_each_range(elf.handle, $0) { ranges, start, size in
                let (end, isOver) = start.addingReportingOverflow(size)
                guard let ranges = ranges?.assumingMemoryBound(to: [Range<UInt64>].self), !isOver,
                    size > 0, ranges.pointee.count < FunctionRanges.most
                else { return }
                ranges.pointee.append(start..<end)
            }
        }
        ranges.sort { $0.lowerBound < $1.lowerBound }
        if ranges.count < 2 { addCallTargets(of: elf) }
    }

    var footprint: Int { ranges.count * MemoryLayout<Range<UInt64>>.stride }

    /// The function that an address is in; nil where that is not known.
    subscript(address: UInt64) -> Range<UInt64>? {
        let index = ranges.lastSortedIndex { $0.lowerBound <= address }
        return index.flatMap { ranges[$0].contains(address) ? ranges[$0] : nil }
    }

    /// Whether an address may belong to a function of unknown size that begins at `start`: no other
    /// one begins between them.
    func mayBelong(_ address: UInt64, toFunctionAt start: UInt64) -> Bool {
        if let range = self[address], !areGuessed { return range.contains(start) }
        guard address - start < Self.mostOfUnknownSize else { return false }
        let last = ranges.lastSortedIndex { $0.lowerBound <= address }
        return last.map { ranges[$0].lowerBound <= start } ?? true
    }

    /// Takes what is called directly for the beginning of a function: calls of x86-64, whose target
    /// stands in them as a distance. That bytes which are no call name a place in the code, of
    /// which there is little among all that they could name, is rare.
    private mutating func addCallTargets(of elf: ElfFile) {
        let text = elf.segments.first(where: \.is_executable)
        guard let text, let code = elf.code, code.count <= Self.mostCode else { return }
        let start = celfutils_section_address(elf.handle, ".text")
        var targets: [UInt64] = []
        var index = 0
        while index + 5 <= code.count, targets.count < Self.most {
            defer { index += 1 }
            guard code[index] == 0xE8 else { continue }
            let distance = code.loadUnaligned(fromByteOffset: index + 1, as: Int32.self)
            let target = start &+ UInt64(index + 5) &+ UInt64(bitPattern: Int64(distance))
            if target &- start < UInt64(code.count) { targets.append(target) }
        }
        targets.sort()
        guard !targets.isEmpty else { return }
        areGuessed = true
        let end = min(start &+ UInt64(code.count), text.address &+ text.size)
        ranges = targets.indices.compactMap { index in
            let next = index + 1 < targets.count ? targets[index + 1] : end
            return next > targets[index]
                ? targets[index]..<min(next, targets[index] + Self.mostOfUnknownSize) : nil
        }
    }
}

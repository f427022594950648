internal import ProcFormats
internal import Units

/// Makes mappings of the entries of `smaps`, and tells what each is for as far as that can be told.
/// Pure.
struct MappingsBuilder {
    private(set) var mappings: [Mapping] = []
    /// Where threads' stacks stand, ascending.
    private let stackPointers: [(address: UInt64, thread: ThreadID)]
    /// The mapping before was private, anonymous and writable.
    private var mayBeArena = false

    init(stackPointers: [(address: UInt64, thread: ThreadID)] = []) {
        self.stackPointers = stackPointers.sorted { $0.address < $1.address }
    }

    /// An arena's addresses: `HEAP_MAX_SIZE` of glibc's `malloc/arena.c` for 64-bit programs.
    private static let arenaSize: UInt64 = 64 << 20

    /// Takes in the next entry, and moves `offset` past it; false where the bytes end before it.
    mutating func append(
        nextIn bytes: Span<UInt8>, at offset: inout Int, noting faults: inout FieldFaults
    ) -> Bool {
        guard let entry = MappingEntry(nextIn: bytes, at: &offset, noting: &faults) else {
            return false
        }
        append(entry, name: name(of: entry, in: bytes))
        return true
    }

    mutating func append(_ entry: MappingEntry, name: String) {
        let isAnonymous =
            !entry.permissions.contains(.shared) && entry.inode == 0
            && (name.isEmpty || name.hasPrefix("[anon:"))
        noteArena(before: entry, isAnonymous: isAnonymous)
        var kind = Self.kind(of: entry, named: name)
        if kind == .anonymous, entry.permissions.contains(.write),
            let thread = onlyThread(in: entry.start..<entry.end)
        {
            kind = .threadStack(thread)
        }
        mayBeArena = kind == .anonymous && isAnonymous && entry.permissions == [.read, .write]
        if mayBeArena, entry.start % Self.arenaSize == 0, entry.end - entry.start == Self.arenaSize
        {
            kind = .arena
        }
        mappings.append(
            Mapping(
                start: entry.start, end: entry.end, kind: kind, name: name,
                resident: entry.resident, proportional: entry.proportional,
                anonymous: entry.anonymous, swap: entry.swap,
                hugePages: entry.isHugetlb ? entry.hugetlb : entry.anonymousHugePages))
    }

    /// A neighbour has the same name more often than not: that is kept once.
    private func name(of entry: MappingEntry, in bytes: Span<UInt8>) -> String {
        guard let last = mappings.last?.name, last.utf8.count == entry.nameRange.count else {
            return entry.name(in: bytes)
        }
        var index = entry.nameRange.lowerBound
        for byte in last.utf8 {
            guard bytes[index] == byte else { return entry.name(in: bytes) }
            index += 1
        }
        return last
    }

    // MARK: What it is for

    private static func kind(of entry: MappingEntry, named name: String) -> Mapping.Kind {
        if entry.isHugetlb { return .hugetlb }
        let isShared = entry.permissions.contains(.shared)
        if name.isEmpty { return isShared ? .shared : .anonymous }
        if name.hasPrefix("[") { return bracketKind(name) }
        // What shared anonymous memory is called; mapped privately it is anonymous.
        if name == "/dev/zero" || name == "/dev/zero (deleted)" {
            return isShared ? .shared : .anonymous
        }
        let isSharedMemory =
            name.hasPrefix("/memfd:") || name.hasPrefix("/dev/shm/") || name.hasPrefix("/SYSV")
        return isSharedMemory ? .shared : .file
    }

    /// A name of the kernel's, or one given with `PR_SET_VMA_ANON_NAME` (since 5.17), as glibc does
    /// with its tunable `glibc.mem.decorate_maps`.
    private static func bracketKind(_ name: String) -> Mapping.Kind {
        if name == "[heap]" { return .heap }
        if name == "[stack]" { return .mainStack }
        // Kernels 3.4 to 4.4 name the stacks of threads.
        if let thread = number(in: name, after: "[stack:") { return .threadStack(thread) }
        if name.hasPrefix("[anon_shmem:") { return .shared }
        guard name.hasPrefix("[anon:") else { return .kernel }
        if name == "[anon: glibc: malloc arena]" { return .arena }
        let stack =
            number(in: name, after: "[anon: glibc: pthread stack: ")
            ?? number(in: name, after: "[anon: glibc: pthread user stack: ")
        return stack.map { .threadStack($0) } ?? .anonymous
    }

    private static func number(in name: String, after prefix: String) -> ThreadID? {
        guard name.hasPrefix(prefix), name.hasSuffix("]") else { return nil }
        return Int32(name.dropFirst(prefix.count).dropLast()).map { ThreadID($0) }
    }

    /// The thread whose stack pointer lies in these addresses. Nil where several do: that is no
    /// stack but memory from which stacks are cut, like the heap of a Go program.
    private func onlyThread(in addresses: Range<UInt64>) -> ThreadID? {
        var low = 0
        var high = stackPointers.count
        while low < high {
            let middle = (low + high) / 2
            if stackPointers[middle].address < addresses.lowerBound {
                low = middle + 1
            } else {
                high = middle
            }
        }
        let inside = stackPointers[low...].prefix(2).filter { addresses.contains($0.address) }
        return inside.count == 1 ? inside.first?.thread : nil
    }

    /// An arena begins at a multiple of its size. What of it is not in use yet follows it without
    /// any permission, up to the next multiple. Arenas side by side look like one mapping, and an
    /// allocator of another make that does the same looks like one of glibc.
    private mutating func noteArena(before entry: MappingEntry, isAnonymous: Bool) {
        guard mayBeArena, isAnonymous, entry.permissions.isEmpty, let last = mappings.last,
            last.start % Self.arenaSize == 0, last.end == entry.start
        else { return }
        let over = last.end % Self.arenaSize
        guard over > 0, entry.end - entry.start == Self.arenaSize - over else { return }
        mappings[mappings.count - 1].kind = .arena
    }
}

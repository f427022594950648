import ProcFormats
import Testing
import Units

@testable import ProcSampling

/// What mappings are said to be for.
struct MappingsBuilderTests {
    /// Mappings as (first line of the entry, with flags for `VmFlags` behind a bar).
    private func mappings(
        _ lines: [String], stacks: [(address: UInt64, thread: ThreadID)] = []
    ) throws -> [Mapping] {
        let text = lines.map { line -> String in
            let parts = line.split(separator: "|", omittingEmptySubsequences: false)
            let flags = parts.count > 1 ? parts[1] : "rd"
            return """
                \(parts[0])
                Rss: 8 kB
                Pss: 4 kB
                Anonymous: 4 kB
                AnonHugePages: 2 kB
                Private_Hugetlb: 2048 kB
                Swap: 1 kB
                VmFlags: \(flags)

                """
        }
        let bytes = Array(text.joined().utf8)
        var builder = MappingsBuilder(stackPointers: stacks)
        var offset = 0
        var faults = FieldFaults()
        while builder.append(nextIn: bytes.span, at: &offset, noting: &faults) {}
        #expect(offset == bytes.count)
        return builder.mappings
    }

    @Test(
        "by name, permissions and flags",
        arguments: [
            ("rw-p 00000000 00:00 0 [heap]", Mapping.Kind.heap),
            ("rw-p 00000000 00:00 0 [stack]", .mainStack),
            ("rw-p 00000000 00:00 0 [stack:4127]", .threadStack(ThreadID(4127))),
            ("rw-p 00000000 00:00 0 ", .anonymous),
            ("rw-p 00000000 00:00 0 [anon:arena of mine]", .anonymous),
            ("rw-p 00000000 00:00 0 [anon: glibc: malloc arena]", .arena),
            (
                "rw-p 00000000 00:00 0 [anon: glibc: pthread stack: 77]",
                .threadStack(ThreadID(77))
            ),
            ("rw-s 00000000 00:01 9 [anon_shmem:x]", .shared),
            ("rw-s 00000000 00:01 9 /dev/zero (deleted)", .shared),
            ("rw-p 00000000 00:01 9 /dev/zero", .anonymous),
            ("rw-s 00000000 00:01 9 /memfd:cache one (deleted)", .shared),
            ("rw-s 00000000 00:01 9 /dev/shm/x", .shared),
            ("rw-s 00000000 00:01 9 /SYSV00000000 (deleted)", .shared),
            ("r--p 00000000 fe:00 12 /usr/lib/a b\\012c (deleted)", .file),
            ("rw-s 00000000 00:0e 12 /anon_hugepage (deleted)|rd wr ht sd", .hugetlb),
            ("r-xp 00000000 00:00 0 [vdso]", .kernel),
            ("--xp 00000000 00:00 0 [vsyscall]", .kernel),
        ])
    func kinds(rest: String, expected: Mapping.Kind) throws {
        let mapping = try #require(try mappings(["7f0000001000-7f0000003000 " + rest]).first)
        #expect(mapping.kind == expected)
        #expect(mapping.size == ByteCount(8192))
        #expect(mapping.resident == ByteCount(kibibytes: 8))
        #expect(mapping.proportional == ByteCount(kibibytes: 4))
        #expect(mapping.anonymous == ByteCount(kibibytes: 4))
        #expect(mapping.swap == ByteCount(kibibytes: 1))
        #expect(mapping.hugePages == ByteCount(kibibytes: expected == .hugetlb ? 2048 : 2))
    }

    @Test func whatAnOldKernelDoesNotTellOfHugePagesIsNotKnown() throws {
        let text = """
            1000-2000 rw-s 0 0:e 12 /anon_hugepage (deleted)
            Rss: 0 kB
            Pss: 0 kB
            AnonHugePages: 0 kB
            VmFlags: rd wr ht

            """
        let bytes = Array(text.utf8)
        var builder = MappingsBuilder()
        var offset = 0
        var faults = FieldFaults()
        #expect(builder.append(nextIn: bytes.span, at: &offset, noting: &faults))
        let mapping = try #require(builder.mappings.first)
        #expect(mapping.kind == .hugetlb)
        #expect(mapping.hugePages == nil)
    }

    @Test("a mapping with one thread's stack pointer is its stack, one with two is none")
    func stackPointers() throws {
        let found = try mappings(
            [
                "7f0000000000-7f0000001000 rw-p 00000000 00:00 0 ",
                "7f0000001000-7f0000002000 ---p 00000000 00:00 0 ",
                "7f0000002000-7f0000003000 rw-p 00000000 00:00 0 ",
                "7f0000003000-7f0000004000 rw-p 00000000 00:00 0 [heap]",
            ],
            stacks: [
                (0x7f00_0000_3010, ThreadID(4)), (0x7f00_0000_2020, ThreadID(3)),
                (0x7f00_0000_0000, ThreadID(1)), (0x7f00_0000_0ff8, ThreadID(2)),
                (0x7f00_0000_1000, ThreadID(5)),
            ])
        #expect(
            found.map(\.kind) == [.anonymous, .anonymous, .threadStack(ThreadID(3)), .heap])
    }

    @Test("arenas: aligned to 64 MiB, and the rest of these reserved")
    func arenas() throws {
        let lines = [
            // In use in part, then reserved.
            "7f0000000000-7f0000021000 rw-p 00000000 00:00 0 ",
            "7f0000021000-7f0004000000 ---p 00000000 00:00 0 ",
            // Full.
            "7f0008000000-7f000c000000 rw-p 00000000 00:00 0 ",
            // Reserved beyond its 64 MiB, as Java's heap is.
            "7f0010000000-7f0010021000 rw-p 00000000 00:00 0 ",
            "7f0010021000-7f0018000000 ---p 00000000 00:00 0 ",
            // Not aligned.
            "7f0020001000-7f0020021000 rw-p 00000000 00:00 0 ",
            "7f0020021000-7f0024000000 ---p 00000000 00:00 0 ",
            // Not next to each other.
            "7f0028000000-7f0028021000 rw-p 00000000 00:00 0 ",
            "7f0028022000-7f002c000000 ---p 00000000 00:00 0 ",
            // A file.
            "7f0030000000-7f0030021000 rw-p 00000000 fe:00 9 /x",
            "7f0030021000-7f0034000000 ---p 00000000 00:00 0 ",
        ]
        let found = try mappings(lines)
        #expect(found.indices.filter { found[$0].kind == .arena } == [0, 2])
    }
}

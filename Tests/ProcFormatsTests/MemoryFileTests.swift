import ProcFormats
import Testing
import Units

@Suite("Files about memory")
struct MemoryFileTests {
    @Test func pages() throws {
        let bytes = Array("1000 300 120 4 0 500 0\n".utf8)
        let pages = try MemoryPages(parsing: bytes.span)
        #expect(pages.size == PageCount(1000))
        #expect(pages.resident == PageCount(300))
        #expect(pages.shared == PageCount(120))
        #expect(pages.anonymous == PageCount(180))
        // A sandbox counts no more than the first two.
        let few = try MemoryPages(parsing: Array("1000 300 0 0 0 0 0\n".utf8).span)
        #expect(few.resident == PageCount(300))
        #expect(few.anonymous == nil)
    }

    @Test func addressSpaceOfStatus() throws {
        let bytes = try Fixture.bytes("6.18.44/futex/status")
        let text = String(decoding: bytes, as: UTF8.self)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("VmSize:") })
        let number = try #require(
            line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first)
        let status = try TaskStatus(parsing: bytes.span)
        #expect(status.addressSpace == ByteCount(kibibytes: try #require(UInt64(number))))
    }

    @Test("where the stack begins tells 64 bits from 32")
    func stackStart() throws {
        let bytes = try Fixture.bytes("6.18.44/futex/stat")
        let start = try #require(try TaskStat(parsing: bytes.span).stackStart)
        #expect(start > 1 << 32)
    }

    @Test func entriesOfAnOldKernel() throws {
        let bytes = try Fixture.bytes("3.10-el7/memory/smaps")
        let entries = MappingEntry.all(in: bytes)
        #expect(
            entries.map { $0.name(in: bytes.span) }
                == [
                    "/opt/stream d/bin/streamd (deleted)", "", "[stack:4127]",
                    "/dev/hugepages/pool",
                ])
        #expect(entries[0].start == 0x40_0000 && entries[0].end == 0x40_b000)
        #expect(entries.map(\.permissions.rawValue) == [5, 3, 3, 11])
        #expect(entries.map(\.inode) == [33_574_912, 0, 0, 40960])
        #expect(entries[0].proportional == ByteCount(kibibytes: 20))
        #expect(entries[1].anonymous == ByteCount(kibibytes: 100))
        #expect(entries[1].swap == ByteCount(kibibytes: 12))
        #expect(entries.map(\.isHugetlb) == [false, false, false, true])
        #expect(entries.allSatisfy { $0.hugetlb == nil })
    }

    @Test func capturedEntries() throws {
        let bytes = try Fixture.bytes("6.18.44/memory/smaps")
        let entries = MappingEntry.all(in: bytes)
        let names = entries.map { $0.name(in: bytes.span) }
        #expect(names.contains("/tmp/fixdir/a b\\012c (deleted)"))
        #expect(names.contains("/memfd:cache one (deleted)"))
        #expect(names.last == "[vsyscall]")
        #expect(entries.last?.permissions == [.execute])
        let shared = try #require(names.firstIndex { $0.hasPrefix("/memfd:") })
        #expect(entries[shared].permissions == [.read, .write, .shared])
        #expect(entries[shared].resident == ByteCount(kibibytes: 16))
        #expect(entries.allSatisfy { $0.hugetlb == ByteCount(0) && !$0.isHugetlb })
    }

    @Test func mappings() throws {
        let bytes = try Fixture.bytes("6.18.44/memory/maps")
        let lines = MappingLine.all(in: bytes)
        let code = lines.filter { $0.permissions.contains(.execute) }
        #expect(
            code.map { $0.name(in: bytes.span) }
                == [
                    "/usr/lib/x86_64-linux-gnu/libc.so.6", "/tmp/fixdir/a b\nc (deleted)", "[vdso]",
                    "[vsyscall]",
                ])
        #expect(code[0].start == 0x7F14_D384_4000 && code[0].end == 0x7F14_D399_A000)
        #expect(code.map(\.offset) == [0x26000, 0, 0, 0])
        #expect(code.map(\.inode) == [333_151, 16_244_904, 0, 0])
        #expect(code[1].permissions == [.read, .execute, .shared])
        #expect(lines.contains { $0.nameRange.isEmpty })
    }

    @Test("an entry that goes on in the next chunk is left until it is whole")
    func entriesInChunks() throws {
        let bytes = try Fixture.bytes("3.10-el7/memory/smaps")
        var faults = FieldFaults()
        let all = MappingEntry.all(in: bytes, noting: &faults)
        for size in [1, 7, 700, 4096] {
            var kept: [UInt8] = []
            var starts: [UInt64] = []
            for begin in stride(from: 0, to: bytes.count, by: size) {
                kept += bytes[begin..<min(begin + size, bytes.count)]
                var offset = 0
                while let entry = MappingEntry(
                    nextIn: kept.span, at: &offset, noting: &faults)
                {
                    starts.append(entry.start)
                }
                kept.removeFirst(offset)
            }
            #expect(starts == all.map(\.start))
            #expect(kept.isEmpty)
        }
    }

    @Test("hugetlbfs pages of both kinds are added; 6.2 names shared anonymous memory")
    func hugetlbAndNames() throws {
        let text = """
            7f0000000000-7f0000400000 rw-s 00000000 00:01 5 [anon_shmem:a: b]
            Rss: 4 kB
            Pss: 2 kB
            Shared_Hugetlb: 2048 kB
            Private_Hugetlb: 4096 kB
            VmFlags: rd htx xht sh

            """
        let bytes = Array(text.utf8)
        let entry = try #require(MappingEntry.all(in: bytes).first)
        #expect(entry.name(in: bytes.span) == "[anon_shmem:a: b]")
        #expect(entry.hugetlb == ByteCount(kibibytes: 6144))
        #expect(!entry.isHugetlb)
    }

    @Test func rollup() throws {
        let text = """
            55f32d27b000-7fffea26c000 ---p 00000000 00:00 0                          [rollup]
            Rss:                1636 kB
            Pss:                 319 kB
            Pss_Anon:            112 kB
            Anonymous:           112 kB
            Swap:                  8 kB
            SwapPss:               4 kB
            Locked:                0 kB

            """
        let bytes = Array(text.utf8)
        let rollup = try SmapsRollup(parsing: bytes.span)
        #expect(rollup.resident == ByteCount(kibibytes: 1636))
        #expect(rollup.proportional == ByteCount(kibibytes: 319))
        #expect(rollup.anonymous == ByteCount(kibibytes: 112))
        #expect(rollup.swap == ByteCount(kibibytes: 8))
        #expect(rollup.proportionalSwap == ByteCount(kibibytes: 4))
    }

    @Test func limits() throws {
        let limited = try Fixture.bytes("5.4/memory/limits")
        #expect(try ResourceLimits(parsing: limited.span).addressSpace == ByteCount(1 << 32))
        let unlimited = try Fixture.bytes("6.18.44/memory/limits")
        #expect(try ResourceLimits(parsing: unlimited.span).addressSpace == nil)
    }
}

@Suite("Files of control groups and the kernel log")
struct MemoryGroupFileTests {
    @Test func mounts() throws {
        let bytes = try Fixture.bytes("5.4/memory/mountinfo")
        let mounts = try CgroupMounts(parsing: bytes.span).mounts
        #expect(mounts.map(\.isUnified) == [false, true])
        #expect(mounts.map(\.root) == ["/kubepods/burstable/pod1/2f5c", "/"])
        #expect(mounts.map(\.mountPoint) == ["/sys/fs/cgroup/memory", "/sys/fs/cgroup/with space"])
        #expect(mounts[0].options == ["rw", "memory"])
    }

    @Test("memory is where its controller is: in version 1 if that has it")
    func membership() throws {
        let hybrid = Array("4:memory:/a\n1:name=systemd:/b\n0::/c\n".utf8)
        let first = try #require(try CgroupMembership(parsing: hybrid.span).memory)
        #expect(first.path == "/a" && !first.isUnified)
        let unified = Array("1:name=systemd:/b\n0::/c\n".utf8)
        let second = try #require(try CgroupMembership(parsing: unified.span).memory)
        #expect(second.path == "/c" && second.isUnified)
        let neither = Array("1:name=systemd:/b\n".utf8)
        let third = try CgroupMembership(parsing: neither.span)
        #expect(third.memory == nil)
    }

    @Test(
        "no limit, in every spelling",
        arguments: [
            "max\n", "9223372036854771712\n", "9223372036854710272\n", "9223372036854775807\n",
            "18446744073709551615\n",
        ])
    func unlimited(text: String) throws {
        let bytes = Array(text.utf8)
        #expect(try CgroupAmount(parsing: bytes.span).bytes == nil)
    }

    @Test("amounts", arguments: [("0\n", 0), ("20971520\n", 20 << 20)] as [(String, UInt64)])
    func amounts(text: String, expected: UInt64) throws {
        let bytes = Array(text.utf8)
        #expect(try CgroupAmount(parsing: bytes.span).bytes == ByteCount(expected))
    }

    @Test func events() throws {
        let unifiedBytes = try Fixture.bytes("6.18.44/group-v2/memory.events")
        let unified = try CgroupMemoryEvents(parsing: unifiedBytes.span)
        #expect(unified.max == 41)
        #expect(unified.oomKill == 1)
        let oldBytes = try Fixture.bytes("3.10-el7/group/memory.oom_control")
        let old = try CgroupMemoryEvents(parsing: oldBytes.span)
        #expect(old.max == nil)
        #expect(old.oomKill == nil)
    }

    @Test func fileCache() throws {
        let bytes = try Fixture.bytes("6.18.44/group-v1/memory.stat")
        let old = try CgroupMemoryStat(parsing: bytes.span)
        #expect(old.inactiveFile != nil)
        let all = try #require(old.totalInactiveFile)
        #expect(old.inactiveFile.map { $0 < all } == true)
        #expect(old.fileCache == all + (try #require(old.totalActiveFile)))
        let unifiedBytes = try Fixture.bytes("6.18.44/group-v2/memory.stat")
        let unified = try CgroupMemoryStat(parsing: unifiedBytes.span)
        #expect(unified.inactiveFile == ByteCount(6144))
        #expect(unified.totalInactiveFile == nil)
        #expect(unified.fileCache == ByteCount(6144) + (try #require(unified.activeFile)))
        let part = try CgroupMemoryStat(parsing: Array("inactive_file 5\n".utf8).span)
        #expect(part.fileCache == nil)
    }

    @Test(
        "what the OOM killer says, from 3.10 on",
        arguments: [
            (
                "3,1,2,-;Memory cgroup out of memory: Killed process 12 (a b) total-vm:1kB\n",
                OOMMessage.killed(process: ProcessID(12), name: "a b", isOfGroup: true)
            ),
            (
                "3,1,2,-,caller=T1;Out of memory: Killed process 12 () total-vm:1kB, UID:0 x:1kB\n",
                .killed(process: ProcessID(12), name: "", isOfGroup: false)
            ),
            (
                "3,1,2,-;Killed process 12 (x (y)) total-vm:1kB, anon-rss:0kB\n",
                .killed(process: ProcessID(12), name: "x (y)", isOfGroup: nil)
            ),
            (
                "3,1,2,-;Killed process 12 (\\x1b[31m\\x5c), UID 995, total-vm:1kB\n",
                .killed(process: ProcessID(12), name: "\u{1B}[31m\\", isOfGroup: nil)
            ),
            (
                "3,1,2,-;Memory cgroup out of memory: Kill process 12 (a) score 9 or sacrifice\n",
                .chosen(isOfGroup: true)
            ),
            (
                "3,1,2,-;Out of memory: Kill process 12 (a) score 9 or sacrifice child\n",
                .chosen(isOfGroup: false)
            ),
            (
                "6,1,2,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,"
                    + "mems_allowed=0,oom_memcg=/a b,task_memcg=/a b/c,task=x,pid=12,uid=0\n",
                .group(path: "/a b")
            ),
        ])
    func oomMessage(record: String, expected: OOMMessage) throws {
        let bytes = Array(record.utf8)
        let message = OOMMessage(try KernelLogRecord(parsing: bytes.span))
        #expect(message == expected)
    }

    @Test(
        "what others write or what is not of a kill is none",
        arguments: [
            "12,1,2,-;Out of memory: Killed process 12 (forged) total-vm:1kB\n",
            "6,1,2,-;a invoked oom-killer: gfp_mask=0xcc0\n",
            "6,1,2,-;Killed process x (a) total-vm:1kB\n",
            "6,1,2,-;Killed process 12 a\n",
            "6,1,2,-;Killed process 12 )(\n",
            "6,1,2,-;\n",
        ])
    func otherRecords(record: String) throws {
        let bytes = Array(record.utf8)
        let message = OOMMessage(try KernelLogRecord(parsing: bytes.span))
        #expect(message == nil)
    }

    @Test func capturedRecord() throws {
        let bytes = try Fixture.bytes("6.18.44/memory/kmsg")
        let record = try KernelLogRecord(parsing: bytes.span)
        #expect(
            OOMMessage(record)
                == .killed(process: ProcessID(777), name: "café", isOfGroup: true))
    }
}

extension MappingEntry {
    /// All entries of a file read whole.
    static func all(in bytes: [UInt8]) -> [MappingEntry] {
        var faults = FieldFaults()
        return all(in: bytes, noting: &faults)
    }

    static func all(
        in bytes: [UInt8], noting faults: inout FieldFaults
    ) -> [MappingEntry] {
        var entries: [MappingEntry] = []
        var offset = 0
        while let entry = MappingEntry(nextIn: bytes.span, at: &offset, noting: &faults) {
            entries.append(entry)
        }
        return entries
    }
}

extension MappingLine {
    /// All lines of a file read whole.
    static func all(in bytes: [UInt8]) -> [MappingLine] {
        var faults = FieldFaults()
        return all(in: bytes, noting: &faults)
    }

    static func all(
        in bytes: [UInt8], noting faults: inout FieldFaults
    ) -> [MappingLine] {
        var lines: [MappingLine] = []
        var offset = 0
        while let line = MappingLine(nextIn: bytes.span, at: &offset, noting: &faults) {
            lines.append(line)
        }
        return lines
    }
}

import CElfutils
import Glibc
import ProcReading
import SystemPackage
import Testing
import Units

@testable import Probes

/// Functions that have no symbol: one row each, and no other function's name.
struct UnnamedFunctionTests {
    @Test(
        "stripped: one name a function, by the unwind tables, and without them by calls",
        arguments: ["", ".eh_frame"])
    func stripped(without section: String) async throws {
        try await withFolder { folder in
            let program = try await build("spinner.c", in: folder)
            if !section.isEmpty {
                try await command(
                    "objcopy", "-R", ".eh_frame", "-R", ".eh_frame_hdr", program.string)
            }
            try await command("strip", program.string)
            try await withSpinner(program, in: folder) { spinner in
                let space = AddressSpace(of: spinner.pid)
                let moments = try await spinner.moments(20)
                let addresses = Set(moments.map(\.registers.instructionPointer))
                let names = Set(
                    addresses.map { space.frame(at: $0, isReturnAddress: false).name })
                // It has four functions, and is at any of their instructions.
                #expect(names.count <= 4, "\(names)")
                #expect(names.allSatisfy { $0.hasPrefix("spinner+0x") })
            }
        }
    }

    @Test("a label far away that does not say how long it is takes no blame")
    func farLabel() async throws {
        try await withFolder { folder in
            let source = folder.appending("far.c").string
            let text = """
                __asm__(".text\\n.globl far_label\\nfar_label:\\n ret\\n .skip 200, 0xcc");
                volatile long sink;
                int main(void) { for (;;) sink++; }
                """
            try await command("sh", "-c", "cat >\(source) <<'END'\n\(text)\nEND")
            let program = folder.appending("far")
            try await command("clang", "-O2", source, "-o", program.string)
            try await command("strip", "-K", "far_label", program.string)
            guard let file = RegularFile(program.string, in: "/") else {
                Issue.record("the program is there")
                return
            }
            let elf = try #require(ElfFile(file.descriptor))
            let code = CodeFile(elf, identity: file.identity)
            let reopen = { RegularFile(program.string, in: "/") }
            let label = try #require(
                (0..<0x4000).map { UInt64($0) + elf.base }.first {
                    code.start(ofFunctionAt: $0) == $0
                })
            let ranges = FunctionRanges(elf)
            let main = try #require((200..<600).map { label + $0 }.first { ranges[$0] != nil })
            #expect(code.name(at: label, open: reopen) == "far_label")
            #expect(code.name(at: main, open: reopen) == nil)
            #expect(code.start(ofUnnamedAt: main + 2, open: reopen) == main)
        }
    }

    @Test(
        "a Go program names its functions though it is stripped, in each form of its table",
        arguments: [UInt32(0xFFFF_FFFB), 0xFFFF_FFFA, 0xFFFF_FFF1])
    func go(magic: UInt32) throws {
        let table = madeGoTable(magic)
        let functions = try table.withUnsafeBytes { bytes in
            let go = try #require(GoFunctions(bytes, text: nil))
            return FunctionTable(endOfCode: 0x2000) { go.add(to: &$0) }
        }
        func name(_ address: UInt64) -> String? {
            functions.index(at: address).map {
                String(decoding: functions.name(of: $0), as: UTF8.self)
            }
        }
        #expect(name(0x1000) == "main.main")
        #expect(name(0x103F) == "main.main")
        #expect(name(0x1040) == "main.hotLoop")
        #expect(name(0x1080) == nil)
        // However it is cut, nothing is read beyond its end.
        for count in table.indices {
            table[..<count].withUnsafeBytes { bytes in
                let go = GoFunctions(bytes, text: nil)
                _ = FunctionTable(endOfCode: 0x2000) { go?.add(to: &$0) }
            }
        }
    }

    /// Two functions, at 0x1000 and 0x1040, up to 0x1080.
    private func madeGoTable(_ magic: UInt32) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 512)
        func put(_ value: UInt64, _ size: Int, at offset: Int) {
            for index in 0..<size {
                bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index))
            }
        }
        put(UInt64(magic), 4, at: 0)
        (bytes[6], bytes[7]) = (1, 8)
        put(2, 8, at: 8)
        let (isOld, isRelative) = (magic == 0xFFFF_FFFB, magic == 0xFFFF_FFF1)
        let names = isOld ? 0 : 128
        let list = isOld ? 16 : 192
        let shift = isRelative ? 8 : 0
        if isRelative { put(0x1000, 8, at: 24) }
        if !isOld {
            put(UInt64(names), 8, at: 24 + shift)
            put(UInt64(list), 8, at: 56 + shift)
        }
        let base: UInt64 = isRelative ? 0x1000 : 0
        let size = isRelative ? 4 : 8
        for (index, start) in [UInt64(0x1000), 0x1040, 0x1080].enumerated() {
            put(start - base, size, at: list + 2 * size * index)
            guard index < 2 else { continue }
            let data = 320 + 32 * index
            put(UInt64(data - (isOld ? 0 : list)), size, at: list + 2 * size * index + size)
            put(UInt64(400 + 20 * index - names), 4, at: data + size)
        }
        for (index, name) in ["main.main", "main.hotLoop"].enumerated() {
            for (place, byte) in name.utf8.enumerated() { bytes[400 + 20 * index + place] = byte }
        }
        return bytes
    }

    @Test("code made at run time is one row, with how it gets names")
    func madeAtRunTime() throws {
        let size = 8192
        let map = mmap(
            nil, size, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        let start = UInt64(UInt(bitPattern: map))
        defer { munmap(map, size) }
        let space = AddressSpace(of: ProcessID(getpid()))
        let frames = Set(
            [0, 7, 5000].map { space.frame(at: start + $0, isReturnAddress: false) })
        #expect(frames.count == 1)
        let frame = try #require(frames.first)
        #expect(frame.isUnnamed && frame.module == "[jit]")

        var profile = madeProfile([("node", "main;code", 10)])
        profile.frames[1] = frame
        let process = profile.threads[0].process
        func hints(_ program: String) -> [String] {
            RuntimeHint.all(of: profile, programs: [process: program]).map(\.text)
        }
        #expect(hints("node").contains { $0.contains("node --perf-basic-prof would name it") })
        #expect(hints("java").contains { $0.contains("jcmd PID Compiler.perfmap") })
        profile = madeProfile([("python3", "main;_PyEval_EvalFrameDefault;long_add", 10)])
        #expect(hints("python3").contains { $0.contains("python -X perf") })
        profile = madeProfile([("streamd", "main;spin", 10)])
        #expect(hints("streamd").isEmpty)
    }
}

extension ElfFile {
    /// Where its code begins, by its own addresses.
    fileprivate var base: UInt64 { segments.first(where: \.is_executable)?.address ?? 0 }
}

import Glibc
import ProcFormats
import ProcReading
import SystemPackage
import TestTraits
import Testing
import Units

@testable import Probes

struct KernelSymbolsTests {
    /// A function that every kernel has.
    @Test(.needsRoot) func ofTheKernel() throws {
        let bytes = try smallFile("/proc/kallsyms", atMost: 64 << 20)
        var offset = 0
        var faults = FieldFaults()
        var start: UInt64?
        while start == nil,
            let line = KernelSymbolLine(nextIn: bytes.span, at: &offset, noting: &faults)
        {
            if bytes[line.nameRange].elementsEqual("vfs_read".utf8) { start = line.address }
        }
        let address = try #require(start)
        let symbols = KernelSymbols()
        #expect(symbols.isReadable)
        for distance: UInt64 in [0, 1, 16] {
            #expect(
                symbols.frame(at: address + distance)
                    == CodeFrame(name: "vfs_read", module: "[kernel]", origin: .kernel))
        }
        #expect(symbols.frame(at: 0x1000).isUnnamed)
    }
}

/// Code that a runtime compiles is code in memory that no file has. These tests make some in their
/// own process, and tell of it as runtimes do.
@Suite(.serialized)
struct JITSymbolsTests {
    static let path = "/tmp/perf-\(getpid()).map"

    /// Calls `body` with the address of a page of code.
    func withCode(map: String, owner: uid_t? = nil, _ body: (UInt64) throws -> Void) throws {
        let page = try #require(
            mmap(nil, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
        defer { munmap(page, 4096) }
        let start = UInt64(UInt(bitPattern: page))
        let text = map.replacing("START", with: String(start, radix: 16))
        let file = try #require(fopen(Self.path, "w"))
        defer { unlink(Self.path) }
        fputs(text, file)
        fclose(file)
        if let owner { try #require(chown(Self.path, owner, owner) == 0) }
        try body(start)
    }

    func frame(_ address: UInt64) -> CodeFrame {
        AddressSpace(of: ProcessID(getpid())).frame(at: address, isReturnAddress: false)
    }

    @Test func namesOfARuntime() throws {
        try withCode(map: "START 40 Lorg/app/Queue;::pop (int)\nSTART 20") { start in
            let frame = frame(start + 0x3F)
            #expect(frame == CodeFrame(name: "Lorg/app/Queue;::pop (int)", module: "[jit]"))
            #expect(self.frame(start + 0x40).isUnnamed)
        }
    }

    @Test("a function that is compiled later has its name then")
    func later() throws {
        try withCode(map: "") { start in
            let space = AddressSpace(of: ProcessID(getpid()))
            #expect(space.frame(at: start, isReturnAddress: false).isUnnamed)
            let file = try #require(fopen(Self.path, "a"))
            fputs("\(String(start, radix: 16)) 10 late\n", file)
            fclose(file)
            // Its file is read once a second.
            let deadline = ContinuousClock.now + .seconds(60)
            while space.frame(at: start, isReturnAddress: false).isUnnamed, .now < deadline {
                usleep(10_000)
            }
            #expect(space.frame(at: start, isReturnAddress: false).name == "late")
        }
    }

    @Test("lines that are no such lines are passed over")
    func damaged() throws {
        let map = "\nx y z\nSTART\nSTART 10\n0xSTART 0x10 good\nffffffffffffffff 10 over\n"
        try withCode(map: map) { start in
            #expect(frame(start).name == "good")
        }
    }

    @Test("of a file without end the beginning is read")
    func sparse() throws {
        try withCode(map: "START 40 first\n") { start in
            try #require(truncate(Self.path, 8 << 40) == 0)
            // It is read once.
            let space = AddressSpace(of: ProcessID(getpid()))
            #expect(space.frame(at: start, isReturnAddress: false).name == "first")
            #expect(space.frame(at: start + 0x40, isReturnAddress: false).isUnnamed)
        }
    }

    @Test(
        "a link that leads out of the process's root leads nowhere", .needsRoot,
        arguments: [true, false])
    func link(leadsOut: Bool) async throws {
        try await withFolder { folder in
            let root = folder.appending("root")
            try await command("mkdir", "-p", root.appending("tmp").string)
            let program = try await build("spinner.c", in: folder, ["-O2", "-static"])
            try await command("cp", program.string, root.string)
            try await command("sh", "-c", "echo 1000 40 named >\(folder)/map")
            try await command("cp", "\(folder)/map", "\(root)/map")
            let enter = ["sh", "-c", "exec chroot \(root) /spinner \"$@\""]
            try await withSpinner(program, in: folder, prefix: enter) { spinner in
                try await command(
                    "ln", "-s", leadsOut ? "\(folder)/map" : "/map",
                    "\(root)/tmp/perf-\(spinner.pid).map")
                let name = JITSymbols(of: spinner.pid)?.name(at: 0x1000)
                #expect(name == (leadsOut ? nil : "named"))
            }
        }
    }

    @Test("a file of someone else's is not believed", .needsRoot)
    func foreign() throws {
        try withCode(map: "START 40 forged\n", owner: 65534) { start in
            #expect(frame(start).isUnnamed)
        }
    }
}

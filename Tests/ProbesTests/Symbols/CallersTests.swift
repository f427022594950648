import Glibc
import ProcFormats
import ProcReading
import SystemPackage
import Testing
import Units

@testable import Probes

/// Programs whose call chain is known, met at moments that they did not choose: before a function
/// has made its frame, too.
struct CallersTests {
    static let chain = ["spin_inner", "spin_middle", "spin_outer", "main"]

    /// The callers at 40 moments.
    func chains(
        _ spinner: Spinner, registers: (UserRegisters) -> UserRegisters = { $0 }
    ) async throws -> [[CodeFrame]] {
        let space = AddressSpace(of: spinner.pid)
        return try await spinner.moments(40).map { moment in
            moment.stack.withUnsafeBytes {
                space.callers(registers(moment.registers), stack: $0).map(space.frame)
            }
        }
    }

    /// Up to `main`, which the libc calls in ways of its own.
    func own(_ frames: [CodeFrame]) -> [String] {
        let end = frames.firstIndex { $0.name == "main" } ?? frames.count - 1
        return frames[...end].map(\.name)
    }

    @Test(
        "by unwind tables",
        arguments: [
            ["-O2", "-fomit-frame-pointer"], ["-O2", "-fno-omit-frame-pointer"], ["-O0"],
            ["-O2", "-static"],
            // Names a register that no machine has.
            ["-O2", "-fomit-frame-pointer", "-DFAR_REGISTER"],
            // .debug_frame instead of .eh_frame.
            ["-O2", "-g", "-fno-asynchronous-unwind-tables", "-fomit-frame-pointer"],
        ])
    func tables(flags: [String]) async throws {
        try await withFolder { folder in
            let program = try await build("spinner.c", in: folder, flags)
            try await withSpinner(program, in: folder) {
                let chains = try await chains($0)
                for frames in chains {
                    #expect(Self.chain.reversed().starts(with: own(frames).reversed()))
                    #expect(frames.last?.name == "_start")
                    #expect(!frames.contains { $0.isGuessed })
                }
                #expect(chains.contains { own($0) == Self.chain })
            }
        }
    }

    @Test("stripped")
    func stripped() async throws {
        try await withFolder { folder in
            let flags = ["-O2", "-fomit-frame-pointer", "-rdynamic"]
            let program = try await build("spinner.c", in: folder, flags)
            try await command("strip", program.string)
            try await withSpinner(program, in: folder) {
                let chains = try await chains($0).map(own)
                let isWhole = chains.allSatisfy { $0.last == "main" }
                #expect(isWhole)
                #expect(
                    chains.contains {
                        $0.count == 4 && $0[0] == "spin_inner" && $0[1].hasPrefix("spinner+0x")
                            && $0[2] == "spin_outer"
                    })
            }
        }
    }

    @Test("by frame pointers, where code has no tables")
    func framePointers() async throws {
        try await withFolder { folder in
            let flags = ["-O0", "-fno-asynchronous-unwind-tables", "-fno-omit-frame-pointer"]
            let program = try await build("spinner.c", in: folder, flags)
            try await withSpinner(program, in: folder) {
                let chains = try await chains($0)
                let whole = chains.filter { own($0) == Self.chain }
                // But for the moments in which a frame is made or taken down.
                #expect(whole.count > chains.count / 2)
                #expect(whole.contains { !$0.prefix(4).contains { $0.isGuessed } })
            }
        }
    }

    @Test("by words that follow a call, where there is nothing else: a guess, and said to be")
    func scan() async throws {
        try await withFolder { folder in
            let flags = ["-O2", "-fno-asynchronous-unwind-tables", "-fomit-frame-pointer"]
            let program = try await build("spinner.c", in: folder, flags)
            try await withSpinner(program, in: folder) {
                for frames in try await chains($0) where frames[0].name == "spin_inner" {
                    #expect(own(frames).prefix(2) == ["spin_inner", "spin_middle"])
                    #expect(frames[1].isGuessed)
                }
            }
        }
    }

    @Test("with the instruction pointer and the stack pointer alone", arguments: ["-O0", "-O2"])
    func twoRegisters(flag: String) async throws {
        try await withFolder { folder in
            let program = try await build("spinner.c", in: folder, [flag])
            try await withSpinner(program, in: folder) {
                let chains = try await chains($0) {
                    UserRegisters(
                        instructionPointer: $0.instructionPointer, stackPointer: $0.stackPointer)
                }
                for frames in chains {
                    #expect(Self.chain.reversed().starts(with: own(frames).reversed()))
                }
                #expect(chains.contains { own($0) == Self.chain })
            }
        }
    }

    @Test("through a handler to what the signal interrupted")
    func signalHandler() async throws {
        try await withFolder { folder in
            let program = try await build("handler.c", in: folder, ["-O2"])
            try await withSpinner(program, in: folder) {
                // Not yet there at the first moments, perhaps.
                let chains = try await chains($0).map(own).filter { $0.contains("handler") }
                #expect(!chains.isEmpty)
                for names in chains {
                    // With the symbols of the libc installed, it is one of their names for it.
                    let kill = names.firstIndex { $0.hasSuffix("kill") }
                    #expect(kill.map { names[($0 + 1)...] } == ["raise_signal", "main"])
                }
            }
        }
    }

    @Test("of a sleeping thread, by what the kernel tells of it")
    func sleeping() async throws {
        try await withWorkload("spin") { workload in
            let pid = try workload.number("pid")
            let worker = try await eventually("the worker sleeps") {
                Self.sleeper("worker-0", of: pid)
            }
            let process = ProcessID(pid)
            let space = AddressSpace(of: process)
            let stack = try #require(
                ProcessMemory(of: process).bytes(4096, at: worker.stackPointer))
            let frames = stack.withUnsafeBytes { bytes in
                space.callers(worker, stack: bytes).map(space.frame)
            }
            #expect(frames.contains { $0.name == "worker" && $0.module == "workload" })
            #expect(frames.contains { $0.name.hasPrefix("pthread_cond_wait") })
        }
    }

    /// The registers of the thread with a name, once it sleeps.
    private static func sleeper(_ name: String, of pid: Int32) -> UserRegisters? {
        guard let folder = opendir("/proc/\(pid)/task") else { return nil }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let tid = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            let task = "/proc/\(pid)/task/\(tid)"
            guard (try? smallFile("\(task)/comm")) == Array("\(name)\n".utf8),
                let bytes = try? smallFile("\(task)/syscall"),
                case let words = String(decoding: bytes, as: UTF8.self).split(separator: " "),
                words.count == 9
            else { continue }
            let addresses = words.suffix(2).map {
                UInt64($0.dropFirst(2).filter(\.isHexDigit), radix: 16) ?? 0
            }
            return UserRegisters(instructionPointer: addresses[1], stackPointer: addresses[0])
        }
        return nil
    }

    @Test("a copy of the stack that is too short ends it, and nothing is made up")
    func shortStack() async throws {
        try await withFolder { folder in
            let program = try await build("spinner.c", in: folder, ["-O2"])
            try await withSpinner(program, in: folder) { spinner in
                let space = AddressSpace(of: spinner.pid)
                for moment in try await spinner.moments(5) {
                    func names(_ bytes: ArraySlice<UInt8>) -> [String] {
                        bytes.withUnsafeBytes {
                            space.callers(moment.registers, stack: $0).map {
                                space.frame(of: $0).name
                            }
                        }
                    }
                    let whole = names(moment.stack[...])
                    for count in stride(from: 0, to: 1024, by: 24) {
                        #expect(whole.starts(with: names(moment.stack[..<count])))
                    }
                }
            }
        }
    }
}

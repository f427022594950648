import Glibc
import SystemPackage
import Testing
import Units

@testable import Probes

/// Programs that burn a CPU in a function that is known, built and hidden in many ways.
struct AddressSpaceTests {
    static let chain: Set = ["spin_inner", "spin_middle", "spin_outer", "main"]

    /// What a spinner was in at 20 moments.
    func functions(_ spinner: Spinner) async throws -> [CodeFrame] {
        let space = AddressSpace(of: spinner.pid)
        return try await spinner.moments(20).map {
            space.frame(at: $0.registers.instructionPointer, isReturnAddress: false)
        }
    }

    func expectChain(_ spinner: Spinner, module: String = "spinner") async throws {
        let frames = try await functions(spinner)
        for frame in frames {
            #expect(Self.chain.contains(frame.name))
            #expect(frame.module == module)
            #expect(frame.origin == .user && !frame.isUnnamed && !frame.isGuessed)
        }
        #expect(frames.contains { $0.name == "spin_inner" })
    }

    @Test("however it is built", arguments: ["-O2", "-O0", "-static", "-no-pie"])
    func plain(flag: String) async throws {
        try await withFolder { folder in
            let program = try await build("spinner.c", in: folder, ["-O2", flag])
            try await withSpinner(program, in: folder) { try await expectChain($0) }
        }
    }

    @Test("stripped: only what other files may call has a name, the rest a place")
    func stripped() async throws {
        try await withFolder { folder in
            let program = try await build("spinner.c", in: folder, ["-O0", "-rdynamic"])
            try await command("strip", program.string)
            try await withSpinner(program, in: folder) {
                for frame in try await functions($0) {
                    // spin_middle is static: it must not be taken for its neighbour.
                    #expect(frame.name != "spin_middle")
                    #expect(
                        frame.isUnnamed
                            ? frame.name.hasPrefix("spinner+0x")
                            : Self.chain.contains(frame.name))
                }
            }
        }
    }

    @Test("stripped, with a separate file by build identity, that only the process's root has")
    func buildIdentity() async throws {
        try await withFolder { folder in
            let program = try await build(
                "spinner.c", in: folder, ["-O2", "-Wl,--build-id=0x1f2e3d4c"])
            let symbols = folder.appending("symbols").string
            try await command("objcopy", "--only-keep-debug", program.string, symbols)
            try await command("strip", program.string)
            let prepare = """
                mount -t tmpfs none /usr/lib/debug && mkdir -p /usr/lib/debug/.build-id/1f \
                && cp \(symbols) /usr/lib/debug/.build-id/1f/2e3d4c.debug && exec "$0" "$@"
                """
            try await withSpinner(
                program, in: folder, prefix: ["unshare", "-m", "sh", "-c", prepare]
            ) { try await expectChain($0) }
        }
    }

    enum SeparateFile {
        case ofThisBuild, ofAnother, sparse
    }

    @Test(
        "stripped, with a link to a separate file",
        arguments: [SeparateFile.ofThisBuild, .ofAnother, .sparse])
    func debugLink(file: SeparateFile) async throws {
        try await withFolder { folder in
            let program = try await build("spinner.c", in: folder, ["-O2", "-Wl,--build-id=none"])
            let symbols = folder.appending("spinner.debug").string
            try await command("objcopy", "--only-keep-debug", program.string, symbols)
            try await command(
                "objcopy", "--strip-all", "--add-gnu-debuglink", symbols, program.string)
            // A file of another build says where other functions are.
            if file == .ofAnother { try await command("objcopy", "-N", "main", symbols) }
            if file == .sparse { try await command("truncate", "-s", "8T", symbols) }
            try await withSpinner(program, in: folder) { spinner in
                if file == .ofThisBuild { return try await expectChain(spinner) }
                let frames = try await functions(spinner)
                #expect(frames.allSatisfy { $0.isUnnamed })
            }
        }
    }

    @Test("stripped, with packed symbols in itself, as Fedora and RHEL have it")
    func packedSymbols() async throws {
        try await withFolder { folder in
            let program = try await build("spinner.c", in: folder)
            let symbols = folder.appending("symbols").string
            try await command("objcopy", "--only-keep-debug", program.string, symbols)
            try await command("xz", symbols)
            try await command(
                "objcopy", "--strip-all", "--add-section", ".gnu_debugdata=\(symbols).xz",
                program.string)
            try await withSpinner(program, in: folder) { try await expectChain($0) }
        }
    }

    @Test("in a root that has a file where ours has none")
    func otherRoot() async throws {
        try await withFolder { folder in
            let program = try await build("spinner.c", in: folder)
            let enter = """
                mount -t tmpfs none /mnt && cp "$0" /mnt/inside && exec /mnt/inside "$@"
                """
            try await withSpinner(
                program, in: folder, prefix: ["unshare", "-m", "sh", "-c", enter]
            ) { spinner in
                #expect(access("/mnt/inside", F_OK) != 0)
                try await expectChain(spinner, module: "inside")
            }
        }
    }

    @Test("deleted after the start")
    func deleted() async throws {
        try await withFolder { folder in
            let program = try await build("spinner.c", in: folder)
            try await withSpinner(program, in: folder) {
                try #require(unlink(program.string) == 0)
                try await expectChain($0)
            }
        }
    }

    @Test("replaced after the start, as an update does")
    func replaced() async throws {
        try await withFolder { folder in
            let program = try await build("spinner.c", in: folder)
            try await withSpinner(program, in: folder) {
                let other = try await build("rust-names.c", in: folder)
                try #require(rename(other.string, program.string) == 0)
                try await expectChain($0)
            }
        }
    }

    @Test(
        "names as the language writes them",
        arguments: [
            ("spinner.cpp", ["app::Queue<long>::pop", "app::consume", "main"]),
            ("rust-names.c", ["mycrate::queue::spin", "mycrate::queue::serve", "main"]),
            (
                "spinner.swift",
                [
                    "spinner.Queue.pop(Swift.Int) -> Swift.Int",
                    "spinner.consume(inout spinner.Queue, Swift.Int) -> Swift.Int", "main",
                ]
            ),
        ])
    func languages(source: String, names: [String]) async throws {
        try await withFolder { folder in
            let program = try await build(source, in: folder, ["-O"])
            try await withSpinner(program, in: folder) {
                let found = Set(try await functions($0).map(\.name))
                #expect(found.isSubset(of: names))
                #expect(found.contains(names[0]))
            }
        }
    }

    @Test("calls of other files go through stubs, which have their names")
    func stubs() async throws {
        try await withFolder { folder in
            let program = try await build("spinner.c", in: folder, ["-O2", "-Wl,-z,lazy"])
            try await withSpinner(program, in: folder) { spinner in
                let mapping = try #require(
                    CodeMappings(of: spinner.pid)?.first(named: program.string))
                let space = AddressSpace(of: spinner.pid)
                let names = stride(from: mapping.start, to: mapping.end, by: 16).map {
                    space.frame(at: $0, isReturnAddress: false).name
                }
                #expect(names.contains("sigaction@plt"))
                #expect(names.contains("write@plt"))
            }
        }
    }

    @Test("a path that leads to another file than was mapped is not read")
    func otherFile() throws {
        let path = #filePath
        let identity = try #require(RegularFile.identity(of: path, in: "/"))
        func opens(_ path: String, inode: UInt64? = nil) -> Bool {
            if case .some = RegularFile(path, in: "/", inode: inode) { true } else { false }
        }
        #expect(opens(path, inode: identity.inode))
        #expect(!opens(path, inode: identity.inode + 1))
        #expect(!opens("/dev/null"))
        #expect(!opens("/proc/version"))
        #expect(!opens("/sys/kernel/mm/transparent_hugepage/enabled"))
    }

    @Test("the kernel's own code in every process")
    func kernelPage() throws {
        let process = ProcessID(getpid())
        let mapping = try #require(CodeMappings(of: process)?.first(named: "[vdso]"))
        let space = AddressSpace(of: process)
        let frames = stride(from: mapping.start, to: mapping.end, by: 16).map {
            space.frame(at: $0, isReturnAddress: false)
        }
        #expect(frames.allSatisfy { $0.module == "[vdso]" })
        #expect(frames.contains { $0.name == "__vdso_clock_gettime" })
    }

    @Test("code in no mapping")
    func nowhere() {
        let frame = AddressSpace(of: ProcessID(getpid())).frame(at: 0x1234, isReturnAddress: false)
        #expect(frame == CodeFrame(name: "0x1234", module: nil, isUnnamed: true))
    }
}

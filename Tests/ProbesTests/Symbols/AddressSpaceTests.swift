import Glibc
import SystemPackage
import Testing
import Units

@testable import Probes

/// Programs that burn a CPU in a function that is known, built and hidden in many ways.
struct AddressSpaceTests {
    /// The names of what a spinner was in at 20 moments.
    func functions(_ spinner: Spinner) async throws -> [CodeFrame] {
        let space = AddressSpace(of: spinner.pid)
        return try await spinner.moments(20).map {
            space.frame(at: $0.registers.instructionPointer, isReturnAddress: false)
        }
    }

    static let chain: Set = ["spin_inner", "spin_middle", "spin_outer", "main"]

    func expectChain(_ frames: [CodeFrame], module: String = "spinner") {
        for frame in frames {
            #expect(Self.chain.contains(frame.name))
            #expect(frame.module == module)
            #expect(frame.origin == .user && !frame.isUnnamed && !frame.isGuessed)
        }
        #expect(frames.contains { $0.name == "spin_inner" })
    }

    @Test("however it is compiled", arguments: ["-O2", "-O0", "-static", "-no-pie"])
    func plain(flag: String) async throws {
        try await withFolder { folder in
            let program = try await build("spinner.c", in: folder, "-O2", flag)
            try await withSpinner(program, in: folder) {
                expectChain(try await functions($0))
            }
        }
    }

    @Test("stripped: only what other files may call has a name")
    func stripped() async throws {
        try await withFolder { folder in
            let program = try await build("spinner.c", in: folder, "-O2", "-rdynamic")
            try await command("strip", program.string)
            try await withSpinner(program, in: folder) {
                // spin_middle is static: it must not be told as the function before it.
                for frame in try await functions($0) where !frame.isUnnamed {
                    #expect(["spin_inner", "spin_outer", "main"].contains(frame.name))
                }
            }
        }
    }
}

import Glibc
import TestTraits
import Testing

/// `dxtop doctor` beside what this machine and these rights really are.
struct DoctorTests {
    private func lines(_ program: Program) async throws -> [String: JSON] {
        let outcome = try await run(program)
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.errors == "")
        let lines = try JSON(parsing: outcome.output)["lines"]?.items ?? []
        return Dictionary(
            uniqueKeysWithValues: try lines.map { (try #require($0["subject"]?.string), $0) })
    }

    @Test(.needsRoot) func asRoot() async throws {
        let lines = try await lines(.dxtop("doctor", "--json", environment: ["TERM": "xterm"]))
        for subject in ["threads' files", "kernel stacks", "perf events", "ptrace", "cgroup cpu"] {
            #expect(lines[subject]?["mark"] == .string("ok"), "\(lines[subject] ?? .null)")
        }
        #expect(lines["rights"]?["mark"] == .string("ok"))
        #expect(lines["kernel's files"]?["mark"] == .string("ok"))
        // Programs in the kernel count calls, and where it takes none tracefs has to be mounted.
        let count = try await run(
            .dxtop("syscalls", "--pid", "\(getpid())", "--seconds", "1", "--json"))
        let isCounted = try JSON(parsing: count.output)["method"] == .string("counted")
        #expect(lines["tracepoints"]?["mark"] == .string(isCounted ? "ok" : "part"))
        let hasSleep = access("/usr/bin/sleep", X_OK) == 0 || access("/bin/sleep", X_OK) == 0
        #expect(lines["sleep"]?["mark"] == .string(hasSleep ? "ok" : "no"))
    }

    @Test(.needsRoot) func withoutRights() async throws {
        let directory = try TemporaryDirectory()
        let lines = try await lines(.dxtop("doctor", "--json").asNobody(in: directory))
        for subject in ["rights", "threads' files", "kernel stacks", "perf events", "namespaces"] {
            let line = try #require(lines[subject])
            #expect(line["mark"] == .string("part"), "\(line)")
            #expect(line["remedy"]?.string?.contains("root") == true, "\(line)")
        }
    }

    @Test func textSaysEachOnALine() async throws {
        let outcome = try await run(.dxtop("doctor", environment: ["TERM": "no-such-terminal"]))
        #expect(outcome.exitCode == 0)
        let terminal = try #require(
            outcome.lines.first { $0.contains("  terminal  ") || $0.contains("  terminal ") })
        #expect(terminal.hasPrefix("part") && terminal.contains("no-such-terminal"))
        #expect(outcome.lines.contains { $0.hasPrefix("ok    ") })
    }
}

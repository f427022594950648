import Glibc
import TestTraits
import Testing

/// /proc as containers and hardened machines mount it, each in a mount namespace of its own.
struct MountedProcTests {
    /// Runs a line of shell with `$0` the program, where /proc may be mounted anew.
    private func lines(_ line: String, in directory: TemporaryDirectory) async throws -> [String:
        JSON]
    {
        let copy = try directory.copyOfExecutable(at: Program.dxtop().path)
        let outcome = try await run(
            Program(
                path: "/usr/bin/unshare",
                arguments: ["--pid", "--fork", "--mount", "/bin/sh", "-c", line, copy]))
        try #require(outcome.exitCode == 0, "\(outcome)")
        let lines = try JSON(parsing: outcome.output)["lines"]?.items ?? []
        return Dictionary(
            uniqueKeysWithValues: try lines.map { (try #require($0["subject"]?.string), $0) })
    }

    @Test(.needsRoot) func aPidNamespaceOfItsOwn() async throws {
        let lines = try await lines(
            "mount -t proc proc /proc && \"$0\" doctor --json", in: try TemporaryDirectory())
        #expect(lines["processes"]?["what"] == .string("those of this pid namespace"))
        #expect(lines["CPU times"] == nil)
    }

    @Test(.needsRoot) func hiddenProcesses() async throws {
        let user = "setpriv --reuid=nobody --regid=nogroup --clear-groups"
        let lines = try await lines(
            "mount -t proc -o hidepid=2 proc /proc && \(user) \"$0\" doctor --json",
            in: try TemporaryDirectory())
        #expect(lines["processes"]?["why"] == .string("/proc is mounted with hidepid"))
        #expect(lines["kernel's files"]?["mark"] == .string("ok"))
    }

    /// Since 5.8 there may be nothing but processes.
    @Test(.needsRoot) func nothingButProcesses() async throws {
        let lines = try await lines(
            "mount -t proc -o subset=pid proc /proc && \"$0\" doctor --json",
            in: try TemporaryDirectory())
        #expect(lines["CPU times"]?["why"] == .string("/proc is mounted with subset=pid"))
        #expect(lines["clock"] == nil)
        #expect(lines["wait for CPU"]?["mark"] == .string("ok"))
    }
}

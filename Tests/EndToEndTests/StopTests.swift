import Glibc
import Subprocess
import SystemPackage
import TestTraits
import Testing

/// A look that stops its target for a moment and is killed in the midst of that.
@Suite(.serialized, .needsRoot) struct StopTests {
    private func threads(of process: pid_t) -> [pid_t] {
        guard let folder = opendir("/proc/\(process)/task") else { return [] }
        defer { closedir(folder) }
        var threads: [pid_t] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let thread = pid_t(name) { threads.append(thread) }
        }
        return threads
    }

    /// One of its threads exists for as long as it holds on to one of its target's.
    private func isStopping(_ dxtop: pid_t) -> Bool {
        threads(of: dxtop).contains { status("Name", ofThread: $0, of: dxtop) == "dxtop:stop" }
    }

    @Test func theTargetRunsOnWhenTheOneWhoStopsItIsKilled() async throws {
        try await Workload.run("idle", "3000") { workload in
            for _ in 0..<5 {
                let look = Program.dxtop("stacks", "--pid", "\(workload.processID)", "--stopping")
                let result = try await Subprocess.run(
                    .path(FilePath(look.path)), arguments: Arguments(look.arguments),
                    input: .none, output: .discarded, error: .discarded
                ) { execution in
                    let dxtop = execution.processIdentifier.value
                    let end = ContinuousClock.now + .seconds(20)
                    while !isStopping(dxtop), ContinuousClock.now < end { await Task.yield() }
                    kill(dxtop, SIGKILL)
                }
                #expect(result.terminationStatus == .signaled(SIGKILL))
                try await wait(for: "all threads to sleep, untraced") {
                    let threads = threads(of: workload.processID)
                    return threads.count == 3001
                        && threads.allSatisfy { thread in
                            status("TracerPid", ofThread: thread, of: workload.processID) == "0"
                                && status("State", ofThread: thread, of: workload.processID)?
                                    .hasPrefix("S") == true
                        }
                }
            }
        }
    }
}

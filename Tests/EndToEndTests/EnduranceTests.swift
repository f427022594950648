import Glibc
import TestTraits
import Testing

/// What a machine at its limit refuses, and what dxtop makes of that.
@Suite(.serialized, .needsRoot) struct EnduranceTests {
    /// Of `/proc/PID/status`, in KiB.
    private func memory(_ field: String, of process: pid_t) -> Int? {
        status(field, ofThread: process, of: process).flatMap { Int($0.filter(\.isNumber)) }
    }

    @Test func whatItUsesIsLocked() async throws {
        try await Terminal.run(.dxtop("--view", "threads")) { terminal in
            try await terminal.waitForThreads()
            let locked = try #require(memory("VmLck", of: terminal.processID))
            let resident = try #require(memory("VmRSS", of: terminal.processID))
            // All that is mapped counts as locked; what is not used takes no memory all the same.
            #expect(locked > resident)
            #expect(resident < 64 * 1024)
        }
    }

    @Test func withoutTheRightNothingIsLocked() async throws {
        let directory = try TemporaryDirectory()
        let program = try Program.dxtop("--view", "threads").asNobody(in: directory)
        try await Terminal.run(program) { terminal in
            try await terminal.waitForThreads()
            #expect(memory("VmLck", of: terminal.processID) == 0)
        }
        // A copy of its own: one that may still run cannot be written to.
        let another = try TemporaryDirectory()
        let doctor = try await run(Program.dxtop("doctor").asNobody(in: another))
        #expect(doctor.lines.contains { $0.hasPrefix("part  own memory") }, "\(doctor)")
    }

    @Test func aLimitOnDescriptorsThatIsMetIsSaid() async throws {
        try await Terminal.run(.dxtop()) { terminal in
            try await terminal.wait(for: "the overview") { $0.contains("PROCESSES") }
            try await limit(terminal, descriptors: 4)
            try await terminal.wait(for: "the reason") { $0.contains("no descriptors left") }
            try await terminal.send("?")
            try await terminal.wait(for: "help") { $0.contains("KEYS") }
            try await terminal.send("Escape")
            try await limit(terminal, descriptors: 1024)
            try await terminal.wait(for: "figures again") {
                $0.contains("PROCESSES") && !$0.contains("no descriptors left")
            }
            try await terminal.send("C-c")
            #expect(try await terminal.waitForEnd() == .exited(0))
        }
    }

    private func limit(_ terminal: Terminal, descriptors: Int) async throws {
        let outcome = try await run(
            Program(
                path: "/usr/bin/prlimit",
                arguments: ["--pid", "\(terminal.processID)", "--nofile=\(descriptors):1024"]))
        #expect(outcome.exitCode == 0, "\(outcome)")
    }

    /// Few descriptors from the start: it works with them, or ends with a word on why.
    @Test(arguments: [8, 12, 20, 24])
    func startsWithFewDescriptorsOrSaysWhyNot(count: Int) async throws {
        var program = Program.dxtop("snapshot")
        program.arguments = ["--nofile=\(count):\(count)", program.path] + program.arguments
        program.path = "/usr/bin/prlimit"
        let outcome = try await run(program)
        if outcome.exitCode == 0 {
            #expect(outcome.output.contains("PID"), "\(outcome)")
        } else {
            #expect(outcome.exitCode == 1 && !outcome.errors.isEmpty, "\(outcome)")
        }
    }

    @Test(
        "what cannot be saved is said, and nothing is left of it",
        arguments: [
            ("head -c 1m /dev/zero >/mnt/other 2>&-; true", "no space for /mnt/stacks.txt"),
            ("mount -o remount,ro /mnt", "/mnt/stacks.txt is on a read-only file system"),
        ])
    func disk(state: String, message: String) async throws {
        try await Workload.run("idle", "3") { workload in
            let line = """
                mount -t tmpfs -o size=8k none /mnt && { \(state); } \
                && exec "$0" --pid "$1"
                """
            let program = Program(
                path: "/usr/bin/unshare",
                arguments: [
                    "--mount", "/bin/sh", "-c", line, Program.dxtop().path,
                    "\(workload.processID)",
                ])
            let size = Terminal.Size(columns: 120, rows: 30)
            try await Terminal.run(program, size: size) { terminal in
                try await terminal.wait(for: "figures of the threads") { screen in
                    screen.rows.contains { $0.contains("idle-2") && $0.contains(" 0.0 ") }
                }
                try await terminal.send("S")
                try await terminal.wait(for: "the stacks") { $0.contains("done in") }
                try await terminal.send("w")
                try await terminal.wait(for: "the question") { $0.contains(".txt") }
                try await terminal.send("C-u")
                try await terminal.type("/mnt/stacks.txt")
                try await terminal.send("Enter")
                try await terminal.wait(for: "the reason") { $0.contains(message) }
                #expect(access("/proc/\(terminal.processID)/root/mnt/stacks.txt", F_OK) != 0)
                // Nothing is lost: there is another place.
                try await terminal.send("w")
                try await terminal.wait(for: "the question again") { $0.contains(".txt") }
                try await terminal.send("C-u")
                let directory = try TemporaryDirectory()
                try await terminal.type("\(directory.path)/stacks.txt")
                try await terminal.send("Enter")
                try await terminal.wait(for: "the file") { $0.contains("saved ") }
                #expect(try !contents(ofFile: "\(directory.path)/stacks.txt").isEmpty)
            }
        }
    }
}

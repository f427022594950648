/// The file that needs no shared library, linked from what these tests were built with.
enum StaticFile {
    private static let linked = Task {
        let file = Program.dxtop().path + "-static"
        let outcome = try await run(
            .shell(#"cd "${0%/.build/*}" && sh Scripts/link-static .build/debug "$0""#, file),
            deadline: .seconds(120))
        guard outcome.exitCode == 0 else { throw DeadlineMissed(description: "\(outcome)") }
        return file
    }

    static var path: String {
        get async throws { try await linked.value }
    }

    enum User: Sendable {
        case root
        /// One that no file names, in no group.
        case nobody
    }

    /// It alone in a tree of folders that has nothing else but /proc, and that nothing can be written
    /// to: no libraries, no devices, no locales, no terminals, no users. The tree is mounted in a
    /// namespace of its own, and gone with it.
    static func inEmptyTree(as user: User, _ arguments: String...) async throws -> Program {
        let line = """
            mount -t tmpfs none /mnt && cp "$0" /mnt/dxtop && mkdir /mnt/proc \
            && mount -t proc none /mnt/proc && mount -o remount,ro /mnt \
            && user=$1 && shift && exec chroot --userspec="$user:$user" --groups= /mnt /dxtop "$@"
            """
        let number = user == .root ? "0" : "4242"
        return Program(
            path: "/usr/bin/unshare",
            arguments: ["--mount", "/bin/sh", "-c", line, try await path, number] + arguments)
    }
}

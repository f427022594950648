import Testing

/// The root of a user namespace may enter network namespaces of its own making, and not come back
/// to the machine's: it must not go there.
struct UserNamespaceTests {
    private static func areAvailable() async -> Bool {
        let line = "unshare --user --map-root-user unshare --net true"
        return (try? await run(.shell(line)))?.exitCode == 0
    }

    /// In which network namespaces the threads of dxtop are while it reads another one; first, in
    /// which it was started.
    private static let line = """
        unshare --net sleep 60 & other=$!
        own=$(readlink /proc/self/ns/net)
        until [ "$(readlink /proc/$other/ns/net)" != "$own" ]; do sleep 0.05; done
        "$0" watch sockets --json --netns $other --count 1000 > "$1" & dxtop=$!
        until [ -s "$1" ]; do sleep 0.05; done
        echo "$own"; readlink /proc/$dxtop/task/*/ns/net
        kill $dxtop $other
        """

    @Test(.enabled("needs user namespaces") { await areAvailable() })
    func noThreadIsLeftInAnotherNamespace() async throws {
        let directory = try TemporaryDirectory()
        var program = Program.dxtop()
        program.arguments = [
            "--user", "--map-root-user", "/bin/sh", "-c", Self.line, program.path,
            directory.path + "/sockets",
        ]
        program.path = "/usr/bin/unshare"
        let places = try await run(program).lines
        #expect(places.count > 2, "\(places)")
        #expect(Set(places).count == 1, "\(places)")
    }
}

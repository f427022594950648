import Testing

/// /proc trees of other kernels and places, as `Trees/make-trees.py` makes them.
struct MadeTrees {
    private let path: String

    /// All that the script makes without being asked for more.
    static let names = [
        "3.10", "3.10-el7", "4.18-el8", "5.4", "5.15", "6.1", "6.18", "hidepid", "gvisor",
        "32-cpus",
        "512-cpus",
    ]

    /// Makes trees, hands them to `body`, and removes them whatever happens.
    ///
    /// - Parameter inMemory: for those of very many files.
    static func make(
        _ names: [String], inMemory: Bool = false, body: (MadeTrees) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let name = directory.path.split(separator: "/").last ?? ""
        let trees = MadeTrees(
            path: inMemory ? "/dev/shm/\(name)" : "\(directory.path)/trees")
        let outcome: Result<Void, any Error>
        do {
            let made = try await run(
                Program(path: "/usr/bin/python3", arguments: [script, trees.path] + names),
                deadline: .seconds(120))
            try #require(made.exitCode == 0, "\(made)")
            outcome = .success(try await body(trees))
        } catch {
            outcome = .failure(error)
        }
        _ = try await run(
            Program(path: "/bin/rm", arguments: ["-r", trees.path]), deadline: .seconds(120))
        try outcome.get()
    }

    func proc(_ name: String) -> String { "\(path)/\(name)/proc" }

    private static var script: String {
        // Tests/EndToEndTests/Harness/MadeTrees.swift
        let parts = #filePath.split(separator: "/").dropLast(2)
        return "/" + parts.joined(separator: "/") + "/Trees/make-trees.py"
    }
}

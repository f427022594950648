import Subprocess
import SystemPackage

/// The system's own way to names, `getent(1)`, as a child process: glibc's lookups inside a static
/// program would load shared libraries, which may be of another version.
enum NameService {
    /// A name server that is away answers late or never.
    private static let patience = "5"

    /// Looked for by us: Subprocess ends the program where it finds none, with its pipes still open.
    private static let programs: [FilePath]? = {
        let environment = ToolEnvironment.current()
        let paths = ["timeout", "getent"].compactMap { environment.path(of: $0) }
        return paths.count == 2 ? paths.map { FilePath($0) } : nil
    }()

    /// What a database ("hosts", "passwd") says of a key; nil where it does not know it.
    static func answer(to key: String, in database: String) async -> String? {
        guard let programs, SpareDescriptors.suffice else { return nil }
        // Children get no terminal of ours to read from or to write to.
        var options = PlatformOptions()
        options.createSession = true
        let result = try? await Subprocess.run(
            .path(programs[0]), arguments: [patience, programs[1].string, database, key],
            platformOptions: options, input: .none,
            output: .string(limit: 4096, encoding: UTF8.self),
            error: .discarded)
        guard let result, result.terminationStatus.isSuccess else { return nil }
        return result.standardOutput
    }
}

import Glibc
public import Testing

/// What a test needs of the machine. Where that is missing the test is skipped, which
/// `Scripts/run-tests` counts; a test that returned early instead would count as passed.
extension Trait where Self == ConditionTrait {
    public static var needsRoot: Self { .enabled(if: isRoot, "needs root") }

    /// All these programs on the PATH.
    public static func needs(_ programs: String...) -> Self {
        let missing = programs.filter { !isOnPath($0) }
        return .enabled(if: missing.isEmpty, "needs \(missing.joined(separator: ", "))")
    }
}

public let isRoot = geteuid() == 0

private func isOnPath(_ program: String) -> Bool {
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    return path.split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
}

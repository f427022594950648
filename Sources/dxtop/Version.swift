import CLinux

/// What this program is, for whoever finds a copy of it on some machine.
enum Version {
    static let number = "0.1.0"

    /// As `dxtop --version` says it.
    static var text: String {
        let commit = clinux_static_commit().map { String(cString: $0) }
        let build = commit.map { "static, commit \($0)" } ?? "needs shared libraries"
        return "dxtop \(number) (\(architecture), \(build))"
    }

    private static var architecture: String {
        #if arch(x86_64)
            "x86_64"
        #elseif arch(arm64)
            "aarch64"
        #else
            "other"
        #endif
    }
}

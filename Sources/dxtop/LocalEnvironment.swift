import Glibc
import ProcFormats
import ProcSampling
import Units

/// What the dashboard shows of where and as whom it runs.
enum LocalEnvironment {
    /// The user whose rights we have.
    static func userName(_ names: UserNames) -> String {
        let user = UserID(geteuid())
        return names[user] ?? "uid \(user)"
    }

    static var isRoot: Bool { geteuid() == 0 }

    /// By the environment, as the shell has it.
    static var homeDirectory: String? {
        getenv("HOME").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    static var workingDirectory: String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }

    /// Local time less UTC, as it is now.
    static var secondsFromUTC: Int {
        var now = time(nil)
        var local = tm()
        localtime_r(&now, &local)
        return local.tm_gmtoff
    }
}

import CLinux
import Glibc
import ProcReading
package import Units

/// What decides whether a tool may run here: read once before a start, or made up by a test.
package struct ToolEnvironment: Sendable {
    /// Directories to look for programs in.
    package var searchPath: [String]
    /// The effective user of dxtop.
    package var user: UserID
    package var ownProcess: ProcessID
    package var capabilities: Capabilities
    /// A seccomp filter is on, as in most containers; `Seccomp: 2` in `/proc/self/status`.
    package var hasSystemCallFilter: Bool
    /// `kernel.yama.ptrace_scope`; nil without Yama.
    package var ptraceScope: Int?
    /// `kernel.perf_event_paranoid`; nil if it could not be read.
    package var perfEventParanoid: Int?
    /// `kernel.kptr_restrict`.
    package var kernelPointersRestricted: Int?
    package var distribution: Distribution?

    package init(
        searchPath: [String], user: UserID, ownProcess: ProcessID, capabilities: Capabilities,
        hasSystemCallFilter: Bool = false, ptraceScope: Int? = nil, perfEventParanoid: Int? = nil,
        kernelPointersRestricted: Int? = nil, distribution: Distribution? = nil
    ) {
        self.searchPath = searchPath
        self.user = user
        self.ownProcess = ownProcess
        self.capabilities = capabilities
        self.hasSystemCallFilter = hasSystemCallFilter
        self.ptraceScope = ptraceScope
        self.perfEventParanoid = perfEventParanoid
        self.kernelPointersRestricted = kernelPointersRestricted
        self.distribution = distribution
    }

    /// This machine and this process, now.
    package static func current() -> ToolEnvironment {
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        // A user's PATH often lacks the directories of the administrator's programs. An empty
        // entry would mean the current directory: never run a program from there.
        var searchPath = path.split(separator: ":").map(String.init)
        let usual = [
            "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
        ]
        searchPath += usual.filter { !searchPath.contains($0) }
        return ToolEnvironment(
            searchPath: searchPath.filter { $0.hasPrefix("/") },
            user: UserID(geteuid()),
            ownProcess: ProcessID(getpid()),
            // Asked without a file: rights are there when descriptors are not.
            capabilities: Capabilities(rawValue: clinux_capabilities()),
            hasSystemCallFilter: clinux_has_system_call_filter(),
            ptraceScope: number(ProcPath.host("sys/kernel/yama/ptrace_scope")),
            perfEventParanoid: number(ProcPath.host("sys/kernel/perf_event_paranoid")),
            kernelPointersRestricted: number(ProcPath.host("sys/kernel/kptr_restrict")),
            distribution: Distribution(osRelease: text("/etc/os-release")))
    }

    /// Where `program` is; nil if it is nowhere.
    package func path(of program: String) -> String? {
        searchPath.lazy.map { $0 + "/" + program }.first { access($0, X_OK) == 0 }
    }

    private static func text(_ path: String) -> String {
        (try? smallFile(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private static func number(_ path: String) -> Int? {
        Int(text(path).split(whereSeparator: \.isWhitespace).first ?? "")
    }
}

/// Rights of a process beyond those of its user; `capabilities(7)`.
package struct Capabilities: OptionSet, Sendable, Hashable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    package static let tracing = Capabilities(rawValue: 1 << 19)  // CAP_SYS_PTRACE
    package static let administration = Capabilities(rawValue: 1 << 21)  // CAP_SYS_ADMIN
    package static let kernelAddresses = Capabilities(rawValue: 1 << 34)  // CAP_SYSLOG
    package static let performance = Capabilities(rawValue: 1 << 38)  // CAP_PERFMON
    package static let all = Capabilities(rawValue: .max)
}

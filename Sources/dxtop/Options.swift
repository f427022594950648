import ArgumentParser
import Dashboard
import ProcFormats
import ProcSampling
import Units

/// Options that every command has.
struct SourceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Read another /proc tree.", valueName: "dir"))
    var proc: String?

    @Option(
        help: ArgumentHelp(
            "Data source of per-thread values: auto picks the best that works (see dxtop doctor).",
            valueName: "auto|bpf|taskstats|proc"))
    var threadsFrom = ThreadsFrom.best

    /// Opens the tree, so that a wrong path is said at once.
    func root() throws -> ProcRoot {
        let root = try ProcRoot.machine(proc)
        guard let source = threadsFrom.source else { return root }
        do throws(ThreadSourceRefusal) {
            try root.check(source)
        } catch {
            throw Failure("--threads-from \(source.rawValue) does not work here: \(error)")
        }
        return root
    }

    func identity(of pid: ProcessID, in root: ProcRoot) throws -> ProcessIdentity {
        guard pid.rawValue > 0, let identity = root.identity(of: pid) else {
            throw Failure("there is no process \(pid); `dxtop snapshot` lists them all")
        }
        return identity
    }
}

/// A data source of per-thread values, or the best there is.
enum ThreadsFrom: ExpressibleByArgument {
    case best
    case only(ThreadSourceKind)

    init?(argument: String) {
        if argument == "auto" {
            self = .best
        } else if let kind = ThreadSourceKind(rawValue: argument) {
            self = .only(kind)
        } else {
            return nil
        }
    }

    /// Nil for the best.
    var source: ThreadSourceKind? {
        switch self {
        case .best: nil
        case .only(let kind): kind
        }
    }

    var defaultValueDescription: String { source?.rawValue ?? "auto" }
    static let allValueStrings = ["auto"] + ThreadSourceKind.allCases.map(\.rawValue)
}

extension ProcRoot {
    /// The machine's own tree, or another one.
    static func machine(_ path: String? = nil) throws -> ProcRoot {
        do {
            guard let path else { return try ProcRoot() }
            return try ProcRoot(path: path)
        } catch {
            throw Failure("\(error)")
        }
    }
}

/// Which network namespace.
struct NamespaceOption: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Show the sockets and counters of this process's network namespace (a container's), or "
                + "of this name of `ip netns`.", valueName: "pid|name"))
    var netns: String?

    /// Nil for our own.
    func namespace(in root: ProcRoot) throws -> NamespaceID? {
        guard let netns else { return nil }
        guard root.isLive else {
            throw Failure("--netns works on the live machine only, not with --proc")
        }
        do {
            guard let pid = Int32(netns) else { return try NamespaceID(named: netns) }
            return try NamespaceID(of: ProcessID(pid), in: root)
        } catch .denied {
            throw Failure(
                "no permission to read the network namespace of \(netns): run as root (CAP_SYS_PTRACE)"
            )
        } catch {
            throw Failure(
                "no process and no network namespace \(netns); `ip netns` lists the names")
        }
    }
}

/// A refresh interval in seconds.
struct IntervalOption: ParsableArguments {
    // A value that begins with "-" is a wrong value, not a missing one.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Seconds between samples, 0.2 to 3600.", valueName: "seconds"))
    var interval: Double = 1

    func validate() throws { try Self.check(interval) }

    var duration: Duration { Self.duration(interval) }

    static func check(_ seconds: Double) throws {
        guard State.intervals.contains(seconds) else {
            throw ValidationError("--interval takes a number of seconds from 0.2 to 3600")
        }
    }

    static func duration(_ seconds: Double) -> Duration {
        .milliseconds(Int64((seconds * 1000).rounded()))
    }
}

/// The dashboard's refresh interval, which depends on its line where none is given.
struct RefreshOption: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Seconds between samples, 0.2 to 3600 (default: 1; 5 on a slow line).",
            valueName: "seconds"))
    var interval: Double?

    func validate() throws { try interval.map(IntervalOption.check) }

    func duration(isSlow: Bool) -> Duration {
        IntervalOption.duration(interval ?? (isSlow ? 5 : 1))
    }
}

/// What dxtop may cost.
struct BudgetOption: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Limit of dxtop's own CPU use, in percent of all CPUs (0.1 to 100). Near it, samples "
                + "are taken less often; probes that you start (profile, stacks, ...) do not count.",
            valueName: "percent"))
    var budget: Double = 1

    func validate() throws {
        guard (0.1...100).contains(budget) else {
            throw ValidationError("--budget takes a percentage from 0.1 to 100")
        }
    }

    var share: Percent { Percent(budget) }
}

/// Which threads are hot.
struct HotOption: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Percent of one CPU from which a thread is hot; of a thread that never sleeps, time spent "
                + "waiting for a CPU counts too.", valueName: "percent"))
    var hot: Double = 90

    func validate() throws {
        guard (1...100).contains(hot) else {
            throw ValidationError("--hot takes a percentage from 1 to 100")
        }
    }

    var threshold: Percent { Percent(hot) }
}

/// What ends the command with exit code 1: one line that says what is wrong and what to do.
struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

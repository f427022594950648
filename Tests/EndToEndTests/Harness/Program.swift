import Glibc

/// A program with its arguments, and how its environment differs from this process's.
struct Program {
    var path: String
    var arguments: [String] = []
    /// Variables set, or taken away where nil.
    var environment: [String: String?] = [:]

    /// The dashboard, as the package built it beside these tests.
    ///
    /// It may use all CPUs unless the test says otherwise: a debug build is over its budget soon,
    /// and samples that come further apart would only make tests longer.
    static func dxtop(_ arguments: String..., environment: [String: String?] = [:]) -> Program {
        let samples = arguments.first.map { $0.hasPrefix("-") || $0 == "watch" } ?? true
        let isSaid = ["--budget", "--help", "--version"].contains(where: arguments.contains)
        return Program(
            path: built("dxtop"),
            arguments: arguments + (samples && !isSaid ? ["--budget", "100"] : []),
            environment: environment)
    }

    /// The dashboard without a machine or a terminal; see Tests/LongRun.
    static func longRun(_ arguments: String...) -> Program {
        Program(path: built("long-run"), arguments: arguments)
    }

    static func workload(_ arguments: String...) -> Program {
        Program(path: built("workload"), arguments: arguments)
    }

    /// A line of shell, with `$0` and so on from `arguments`.
    static func shell(_ line: String, _ arguments: String...) -> Program {
        Program(path: "/bin/sh", arguments: ["-c", line] + arguments)
    }

    /// The same program without root's rights: a user who owns nothing, in no group.
    ///
    /// It runs from a copy, since the working copy may lie where others cannot look.
    func asNobody(in directory: TemporaryDirectory) throws -> Program {
        guard geteuid() == 0 else { return self }
        let copy = try directory.copyOfExecutable(at: path)
        return Program(
            path: "/usr/bin/setpriv",
            arguments: ["--reuid=nobody", "--regid=nogroup", "--clear-groups", copy] + arguments,
            environment: environment)
    }

    /// The program as the arguments of `env`, for a runner that takes nothing but a command.
    var viaEnv: [String] {
        // `env` takes its options before the assignments.
        let unset = environment.filter { $0.value == nil }.keys.sorted().map { "--unset=\($0)" }
        let set = environment.compactMapValues(\.self).sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value)" }
        return ["/usr/bin/env"] + unset + set + [path] + arguments
    }

    private static func built(_ name: String) -> String {
        // Tests/EndToEndTests/Harness/Program.swift is four levels below the package.
        let parts = #filePath.split(separator: "/").dropLast(4)
        return "/" + parts.joined(separator: "/") + "/.build/debug/" + name
    }
}

import Units

/// How to have a runtime tell the names of functions that it compiles or interprets.
struct RuntimeHint {
    let text: String

    /// Of all samples, the least that it matters for.
    private static let leastShare = 0.05
    /// Of all samples, the least in the interpreter.
    private static let leastOfInterpreter = 0.2

    /// - Parameter programs: the names of the programs that the processes run.
    static func all(of profile: Profile, programs: [ProcessID: String]) -> [RuntimeHint] {
        var compiled: [ProcessID: Int] = [:]
        var interpreted: [ProcessID: Int] = [:]
        for stack in profile.stacks {
            let process = profile.threads[stack.thread].process
            let frames = stack.frames.lazy.map { profile.frames[$0] }
            if let last = frames.last, last.isUnnamed, last.module == AddressSpace.compiled {
                compiled[process, default: 0] += stack.count
            } else if frames.contains(where: { $0.name.hasPrefix(pythonInterpreter) }),
                !frames.contains(where: { $0.name.hasPrefix("py::") })
            {
                interpreted[process, default: 0] += stack.count
            }
        }
        let weight = Double(profile.weight)
        func matters(_ counts: [ProcessID: Int], _ share: Double) -> Set<String> {
            Set(counts.filter { Double($0.value) >= share * weight }.map { programs[$0.key] ?? "" })
        }
        let hints =
            matters(compiled, leastShare).sorted().map(ofCompiled)
            + (matters(interpreted, leastOfInterpreter).isEmpty ? [] : [python])
        return hints.map { RuntimeHint(text: $0) }
    }

    private static let pythonInterpreter = "_PyEval_EvalFrame"
    private static let python =
        "Python functions stand there as their interpreter: python -X perf (3.12) would name them"

    private static func ofCompiled(_ program: String) -> String {
        let way =
            switch program {
            case "node", "nodejs": "node --perf-basic-prof"
            case "java": "jcmd PID Compiler.perfmap (JDK 17)"
            case "dotnet": "DOTNET_PerfMapEnabled=1"
            case _ where program.hasPrefix("python"): "python -X perf (3.12)"
            default:
                "node --perf-basic-prof, java: jcmd PID Compiler.perfmap, python -X perf:"
                    + " a /tmp/perf-PID.map"
            }
        return
            "code made at run time has no names, one row is all of a region: \(way) would name it"
    }
}

import ArgumentParser
import Probes
import ProcSampling
import Units

/// For how long a look takes.
struct SecondsOption: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How long to look (1 to 3600); Ctrl-C ends it early.", valueName: "seconds"))
    var seconds: Int = 5

    func validate() throws {
        guard (1...3600).contains(seconds) else {
            throw ValidationError("--seconds takes a whole number from 1 to 3600")
        }
    }
}

/// One thread or one process.
struct TaskOptions: ParsableArguments {
    @Option(
        parsing: .unconditional, help: ArgumentHelp("Look at this thread.", valueName: "tid"))
    var tid: Int32?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Look at all threads of this process, those that begin meanwhile, too.",
            valueName: "pid"))
    var pid: Int32?

    func validate() throws {
        guard tid == nil || pid == nil else {
            throw ValidationError("--tid and --pid exclude each other")
        }
    }

    /// Nil where neither was named.
    func target() throws -> ProbeTarget? {
        if let tid { return .thread(try Self.thread(tid)) }
        return try pid.map { .process(try Self.process($0)) }
    }

    static func thread(_ tid: Int32) throws -> ThreadTarget {
        guard let target = ThreadTarget.find(ThreadID(tid)) else {
            throw Failure("there is no thread \(tid); `dxtop watch threads` lists them all")
        }
        return target
    }

    static func process(_ pid: Int32) throws -> ProcessIdentity {
        guard let target = ThreadTarget.find(ThreadID(pid)) else {
            throw Failure("there is no process \(pid); `dxtop watch processes` lists them all")
        }
        guard target.process.pid.rawValue == pid else {
            throw Failure("\(pid) is a thread of process \(target.process.pid): name that one")
        }
        return target.process
    }
}

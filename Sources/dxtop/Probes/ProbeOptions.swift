import ArgumentParser
import Probes
import Samples
import Units

/// For how long a probe samples.
struct SecondsOption: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How long it takes (1 to 3600); Ctrl-C ends it early.", valueName: "seconds"))
    var seconds: Int = 5

    func validate() throws {
        guard (1...3600).contains(seconds) else {
            throw ValidationError("--seconds takes a whole number from 1 to 3600")
        }
    }
}

/// Whether a program reads what is printed.
struct JSONOption: ParsableArguments {
    @Flag(help: "One JSON document instead of text.")
    var json = false

    var file: ProbeFile? { json ? .json : nil }
}

/// One thread or one process.
struct TaskOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("This thread.", valueName: "tid"))
    var tid: Int32?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "All threads of this process, also those that begin meanwhile.",
            valueName: "pid"))
    var pid: Int32?

    func validate() throws {
        guard tid == nil || pid == nil else {
            throw ValidationError("--tid and --pid exclude each other")
        }
    }

    var isNamed: Bool { tid != nil || pid != nil }

    /// The whole host where neither was named.
    func target() throws -> ProbeTarget {
        if let tid { return .thread(try Self.thread(tid)) }
        return try pid.map { .process(try Self.process($0)) } ?? .host
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

import Fields
import Probes
import ProcSampling
import Units

/// A profile as JSON; the names and units are in PRODUCT.md.
struct ProfileDocument: Encodable {
    let profile: Profile

    func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try fields.write("schema", 1)
        try fields.write(profile.request.target)
        try fields.write("event", profile.countsPages ? "page_faults" : "cpu_clock")
        try fields.write("frequency", frequency)
        try fields.write("method", profile.method.name)
        try fields.write("kernel", profile.method == .perfEvents(kernel: true))
        try fields.write("seconds", profile.elapsed.rounded2)
        try fields.write("samples", profile.samples)
        try fields.write("lost", profile.lost)
        try fields.write("page_bytes", pageBytes)
        let weight = profile.weight
        try fields.write(
            "functions",
            profile.functions.map {
                FunctionDocument(
                    function: $0, frame: profile.frames[$0.frame], weight: weight)
            })
        try fields.write(
            "stacks",
            profile.stacks.map {
                StackDocument(
                    names: $0.frames.map { profile.frames[$0].name },
                    thread: profile.threads[$0.thread].tid, count: $0.count, pageBytes: pageBytes)
            })
        try fields.write("threads", profile.threads.map(ThreadDocument.init))
        try fields.write("notes", profile.notes)
    }

    private var frequency: Int? {
        if case .cpuClock(let frequency) = profile.request.event { frequency } else { nil }
    }

    /// Nil where samples are counted, not pages.
    private var pageBytes: UInt64? {
        profile.countsPages ? Machine.current.units.pageSize.rawValue : nil
    }

    private struct FunctionDocument: Encodable {
        let function: FunctionShare
        let frame: CodeFrame
        let weight: Int

        func encode(to encoder: any Encoder) throws {
            var fields = FieldWriter(encoder)
            try fields.write(frame)
            try fields.write(
                "self_percent", Percent(function.selfCount, of: weight).rawValue.rounded2)
            try fields.write(
                "total_percent", Percent(function.totalCount, of: weight).rawValue.rounded2)
        }
    }

    /// Functions from the outermost caller on.
    private struct StackDocument: Encodable {
        let names: [String]
        let thread: ThreadID
        let count: Int
        let pageBytes: UInt64?

        func encode(to encoder: any Encoder) throws {
            var fields = FieldWriter(encoder)
            try fields.write("frames", names)
            try fields.write("tid", thread.rawValue)
            try fields.write("samples", pageBytes == nil ? count : nil)
            try fields.write("bytes", pageBytes.map { $0 * UInt64(clamping: count) })
        }
    }

    private struct ThreadDocument: Encodable {
        let thread: Profile.Thread

        func encode(to encoder: any Encoder) throws {
            var fields = FieldWriter(encoder)
            try fields.write("pid", thread.process.rawValue)
            try fields.write("tid", thread.tid.rawValue)
            try fields.write("name", thread.name)
            try fields.write("samples", thread.samples)
        }
    }
}

extension Profile.Method {
    fileprivate var name: String {
        switch self {
        case .perfEvents: "perf_events"
        case .stops: "stops"
        }
    }
}

extension FieldWriter {
    /// Whom a look was at: both null for the whole machine.
    mutating func write(_ target: ProbeTarget) throws {
        var (pid, tid): (Int32?, Int32?)
        switch target {
        case .thread(let target):
            (pid, tid) = (target.process.pid.rawValue, target.thread.tid.rawValue)
        case .process(let process): pid = process.pid.rawValue
        case .host: break
        }
        try write("pid", pid)
        try write("tid", tid)
    }

    mutating func write(_ frame: CodeFrame) throws {
        try write("name", frame.name)
        try write("module", frame.module)
        try write("kernel", frame.origin == .kernel)
        try write("guessed", frame.isGuessed)
    }
}

extension Duration {
    /// Seconds with two decimals.
    var rounded2: Double { (self / .milliseconds(10)).rounded() / 100 }

    /// Seconds to the microsecond: of CPU time little is not nothing.
    var rounded6: Double { (self / .microseconds(1)).rounded() / 1e6 }
}

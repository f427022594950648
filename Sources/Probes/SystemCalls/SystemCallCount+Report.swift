import Fields
package import Samples
import Units

extension SystemCallCount: ProbeReading {
    package var report: Report {
        let total = total.map { "\($0.groupedText) calls, " } ?? ""
        return Report(
            conclusion: conclusion, method: methodText, notes: notes, offers: offers,
            tables: [
                ReportTable(.systemCalls) { _ in
                    callRows.map {
                        ReportRow(id: $0.call.name, cells: CallRow.fields.cells(of: $0))
                    }
                }
            ], furtherText: { [total + "\(method.rawValue) for \(elapsed.fineText)"] },
            document: { document })
    }

    package var remark: ReportRemark? {
        guard case .thread(let target) = request.target else { return nil }
        return ReportRemark(.systemCalls, of: target.thread, text: conclusion)
    }

    /// For the verdict on a thread; nil for a process, and where not every call was counted. Who is
    /// stopped at each call makes few: of such only that there was none says something.
    package var counted: CountedSystemCalls? {
        guard case .thread(let target) = request.target, let total,
            method == .counted || total == 0
        else { return nil }
        return CountedSystemCalls(
            thread: target.thread, count: total, named: total - lost,
            calls: calls.prefix(CountedSystemCalls.mostCalls).map(\.counted), elapsed: elapsed,
            cpuTime: cpuTime, moment: moment)
    }

    private var methodText: String {
        switch method {
        case .counted: "counted by tracepoints, the target runs on"
        case .polled: "polled: short calls are not seen"
        case .traced: "traced: the target is stopped at each call"
        }
    }

    private var callRows: [CallRow] { calls.map { CallRow(call: $0, count: self) } }

    /// How many a second; nil where they were only polled.
    func rate(of count: Int?) -> Rate? {
        guard let count, elapsed > .zero else { return nil }
        return Rate(Double(count) / (elapsed / .seconds(1)))
    }

    private var document: JSONValue {
        let fields: [String: JSONValue] = [
            "schema": .integer(1), "method": .text(method.rawValue),
            "seconds": .number(elapsed.seconds2), "total": JSONValue(total),
            "lost": JSONValue(lost), "cpu_seconds": JSONValue(cpuTime?.seconds6),
            "conclusion": .text(conclusion),
            "calls": .list(callRows.map { .object(CallRow.fields.json(of: $0)) }),
            "notes": JSONValue(notes), "offers": JSONValue(offers.map(\.price)),
        ]
        return .object(fields.merging(request.target.json) { own, _ in own })
    }
}

extension SystemCallCount.Call {
    /// From entry to return; nil where no call did both.
    var meanTime: Duration? {
        guard let time, let returned, returned > 0 else { return nil }
        return time / returned
    }
}

extension ProbePage {
    package static let systemCalls = ProbePage(
        id: "system-calls", name: "calls", columns: CallRow.fields.columns, sort: "callCount",
        about: [
            "System calls by name. Counted by the kernel's tracepoints where these may be",
            "read, without stopping the target; else polled, which sees only long calls.",
        ])
}

/// A call with the count it is of.
private struct CallRow: FieldRow {
    static let fadesZeros = true

    let call: SystemCallCount.Call
    let count: SystemCallCount

    static let fields = ReportFields<CallRow>([
        .column(
            rank: 0,
            Field(
                "callCount", "COUNT", .fixed(7), json: .named("count"),
                help: "calls entered; - where it was only polled"
            ) { FieldValue(count: $0.call.count) }),
        .column(
            rank: 1,
            Field(
                "callRate", "CALLS/s", .fixed(7), json: .named("per_second"),
                help: "of them, a second"
            ) { FieldValue($0.count.rate(of: $0.call.count)) }),
        .column(
            rank: 2,
            Field(
                "share", "SHARE%", .fixed(6), json: .screenOnly("of the counts, or met_percent"),
                help: "of all calls; polled: of all samples"
            ) { FieldValue($0.share) }),
        .column(
            rank: 3,
            Field(
                "errors", "ERR", .fixed(6), json: .named("errors"),
                help: "calls that returned an error"
            ) { FieldValue(count: $0.call.errors) }, tone: { _ in .warning }),
        .column(
            rank: 4,
            Field(
                "meanTime", "MEAN", .fixed(7), json: .named("mean_microseconds"),
                help: "mean time from entry to return"
            ) { time($0.call.meanTime) }),
        .column(
            rank: 5,
            Field(
                "callTime", "TIME", .fixed(7), json: .named("total_microseconds"),
                help: "time in it, together, of the calls that returned"
            ) { $0.call.returned == 0 ? .unknown : time($0.call.time) }),
        .column(
            rank: 0,
            Field(
                "call", "CALL", .flexible(minimum: 18), .text, json: .named("name"),
                help: "name of the system call"
            ) { .text($0.call.name) }),
        .json("met_percent", "of all samples, those that found the target in it") {
            FieldValue($0.call.pollShare)
        },
    ])

    /// Of all calls, or of all samples.
    private var share: Percent? {
        let ofCalls = call.count.flatMap { calls in
            count.total.map { Percent(calls, of: $0) }
        }
        return ofCalls ?? call.pollShare
    }

    private static func time(_ time: Duration?) -> FieldValue {
        time.map(FieldValue.duration) ?? .unknown
    }
}

extension SystemCallCount.Call {
    fileprivate var counted: CountedSystemCalls.Call {
        CountedSystemCalls.Call(
            name: name, count: count ?? 0, returned: returned ?? 0, failed: errors ?? 0,
            zeros: zeros ?? 0, sum: sum ?? 0, error: error)
    }
}

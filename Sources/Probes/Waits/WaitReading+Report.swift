import Fields
import ProcFormats
import Units

extension WaitReading: ProbeReading {
    package var report: Report {
        var table = ReportTable(.waits) { _ in
            siteRows.map { ReportRow(id: $0.site.id, cells: SiteRow.fields.cells(of: $0)) }
        }
        table.grounds = { id in sites.first { $0.id == id }?.grounds ?? [] }
        return Report(
            conclusion: conclusion, method: "\(samples) samples", notes: notes, offers: [],
            tables: [table],
            blocks: [
                ReportBlock(head: "KERNEL STACKS, the innermost function first") { isWhole in
                    // As many as rows of text.
                    sites.prefix(isWhole ? .max : 20).compactMap { site in
                        site.kernelStack.map {
                            (isWhole ? "# " : "")
                                + "\(site.activity.name): \($0.joined(separator: " < "))"
                        }
                    }
                }
            ], document: { document })
    }

    package var remark: ReportRemark? {
        ReportRemark(.waits, of: request.target.thread, text: conclusion)
    }

    /// Of all samples.
    func share(of site: Site) -> Percent { Percent(site.samples, of: samples) }

    private var siteRows: [SiteRow] {
        sites.map { SiteRow(site: $0, share: share(of: $0)) }
    }

    private var document: JSONValue {
        let fields: [String: JSONValue] = [
            "schema": .integer(1), "seconds": .number(elapsed.seconds2),
            "looks": JSONValue(samples),
            "cpu_seconds": JSONValue(cpuTime?.seconds6),
            "run_delay_seconds": JSONValue(runDelay?.seconds6), "conclusion": .text(conclusion),
            "places": .list(
                siteRows.map { row in
                    var fields = SiteRow.fields.json(of: row)
                    fields["kernel_stack"] = row.site.kernelStack.map { JSONValue($0) } ?? .null
                    return .object(fields)
                }),
            "notes": JSONValue(notes),
        ]
        return .object(fields.merging(request.subject.json) { own, _ in own })
    }
}

extension WaitReading.Site {
    /// Threads wait in one call for several things: by what it is, not by who else waits for it.
    fileprivate var id: String {
        let thing = object?.prefix { $0 != "," } ?? ""
        return "\(activity.name) \(activity.waitChannel ?? "") \(thing)"
    }

    fileprivate var grounds: [String] {
        var lines: [String] = []
        if let object { lines.append("waits for  \(object)") }
        if let kernelStack, !kernelStack.isEmpty {
            lines.append("kernel  \(kernelStack.joined(separator: " < "))")
        }
        return lines
    }
}

extension WaitReading.SiteActivity {
    /// In a word or two: "futex", "[runnable]", "[no system call]", "[state D]".
    var name: String {
        switch self {
        case .running: "[runnable]"
        case .systemCall(let name, _): name
        case .outside: "[no system call]"
        case .state(let state): "[state \(state.letter)]"
        }
    }

    var waitChannel: String? {
        switch self {
        case .systemCall(_, let channel), .outside(let channel): channel
        case .running, .state: nil
        }
    }

    fileprivate var systemCall: String? {
        if case .systemCall(let name, _) = self { name } else { nil }
    }

    /// Where nothing more may be known.
    fileprivate var state: String? {
        if case .state(let state) = self { String(state.letter) } else { nil }
    }
}

extension ProbePage {
    package static let waits = ProbePage(
        id: "waits", name: "sites", columns: SiteRow.fields.columns, sort: "share",
        about: [
            "Where a thread is found, sample by sample: on a CPU or waiting for one, or asleep in",
            "which call, and for what. None of it stops the thread.",
        ])
}

/// Where a thread was found, with its share of the samples.
private struct SiteRow: FieldRow {
    static let fadesZeros = true

    let site: WaitReading.Site
    let share: Percent

    static let fields = ReportFields<SiteRow>([
        .column(
            rank: 0,
            Field(
                "share", "SHARE%", .fixed(6), json: .named("percent"),
                help: "of all samples, those that found it here"
            ) { .percent($0.share) }),
        .column(
            rank: 3,
            Field(
                "longest", "LONGEST", .fixed(7), json: .named("longest_seconds"),
                help: "the longest time it was found here; what happens between two samples is not"
                    + " seen"
            ) { .duration($0.site.longest) }),
        .column(
            rank: 0,
            Field(
                "call", "CALL", .fixed(16), .text,
                json: .screenOnly("system_call, state and running say it"),
                help: "system call it sleeps in; [runnable] on a CPU or waiting for one"
            ) { .text($0.site.activity.name) },
            tone: { $0.site.activity == .running ? .good : .plain }),
        .column(
            rank: 2,
            Field(
                "waitChannel", "WCHAN", .fixed(18), .text, json: .named("wait_channel"),
                help: "function of the kernel it sleeps in"
            ) { FieldValue($0.site.activity.waitChannel) }, tone: { _ in .faint }),
        .column(
            rank: 1,
            Field(
                "object", "WAITS FOR", .flexible(minimum: 20), .text, json: .named("object"),
                help: "file, socket with its peer, or futex with the threads that wait there, too"
            ) { $0.site.object.map(FieldValue.text) ?? .inapplicable }),
        .json("looks", "samples that found it here") { FieldValue(count: $0.site.samples) },
        .json("running", "on a CPU or waiting for one") { .flag($0.site.activity == .running) },
        .json("system_call", "the call it sleeps in") {
            FieldValue($0.site.activity.systemCall)
        },
        .json("state", "its state, where nothing more may be known") {
            FieldValue($0.site.activity.state)
        },
    ])
}

import Fields
import ProcFormats
import Samples
import Units

extension StackListing: ProbeReading {
    package var report: Report {
        var table = ReportTable(.stacks) { folding in
            groups.flatMap { $0.rows(unfolded: folding.unfolded) }
        }
        table.grounds = { id in
            groups.first { $0.id == id }?.gap.map { ["gap  \($0)"] } ?? []
        }
        table.open = { id in
            guard id.hasPrefix("t"), let tid = Int32(id.dropFirst()),
                let thread = groups.lazy.flatMap(\.threads).first(where: {
                    $0.id.tid.rawValue == tid
                })
            else { return .fold }
            return .thread(thread.id, of: request.process)
        }
        table.block = ReportBlock { isWhole in
            groups.flatMap { isWhole ? $0.fileLines : $0.textLines }
        }
        return Report(
            conclusion: summary, method: methodText, notes: notes,
            offers: offer.map { [$0] } ?? [], tables: [table], document: { document })
    }

    private var methodText: String {
        guard request.method == .stopping else { return "read from outside" }
        return "each thread stopped, for \(longestStop?.fineText ?? "-") at most"
    }

    /// Frames from the function that a thread is in.
    private var document: JSONValue {
        .object([
            "schema": .integer(1), "pid": JSONValue(request.process.pid.rawValue),
            "stopped": .flag(longestStop != nil),
            "longest_stop_microseconds": JSONValue(
                longestStop.map { ($0 / .microseconds(1)).rounded() }),
            "missing": JSONValue(missing), "groups": .list(groups.map(\.json)),
            "notes": JSONValue(notes), "offer": JSONValue(offer?.price),
        ])
    }
}

extension StackListing.Group {
    /// Groups change their places while the list comes in; what they are stays.
    fileprivate var id: String { "g \(chain)" }

    /// The group; below it, when it is unfolded, the stack and the threads.
    fileprivate func rows(unfolded: Set<String>) -> [ReportRow] {
        let id = id
        let head = ReportRow(
            id: id, cells: StackRow.fields.cells(of: .group(self)), hasChildren: true)
        guard unfolded.contains(id) else { return [head] }
        let frames = frames.enumerated().map { number, frame in
            ReportRow(
                id: "\(number) \(id)", cells: StackRow.fields.cells(of: .frame(frame)), depth: 1)
        }
        let threads = threads.map { thread in
            ReportRow(
                id: "t\(thread.id.tid)", cells: StackRow.fields.cells(of: .thread(thread)),
                depth: 1)
        }
        return [head] + frames + threads
    }

    fileprivate var textLines: [String] {
        // As many as rows of text.
        ["", "\(title)  \(chain)", "  " + members(most: 20)]
    }

    fileprivate var fileLines: [String] {
        ["", "\(title): \(members())"]
            + frames.map { "    " + $0.label + ($0.module.map { "  (\($0))" } ?? "") }
            + (gap.map { ["    ... \($0)"] } ?? [])
    }

    fileprivate var json: JSONValue {
        .object([
            "count": JSONValue(threads.count), "gap": JSONValue(gap),
            "frames": .list(
                frames.map { frame in
                    .object([
                        "name": .text(frame.name), "module": JSONValue(frame.module),
                        "kernel": .flag(frame.origin == .kernel),
                        "guessed": .flag(frame.isGuessed),
                    ])
                }),
            "threads": .list(
                threads.map { thread in
                    .object([
                        "tid": JSONValue(thread.id.tid.rawValue), "name": .text(thread.name),
                        "state": .text(String(thread.state.letter)),
                    ])
                }),
        ])
    }
}

extension ProbePage {
    package static let stacks = ProbePage(
        id: "stacks", name: "stacks", columns: StackRow.fields.columns, sort: "threads",
        isTree: true, enterHelp: "unfold or fold a stack; of a thread, its detail",
        about: [
            "The stack of every thread, identical stacks grouped. Read from outside: nothing is",
            "stopped. (?) is a guess; O offers exact ones, which stop each for a moment.",
        ])
}

/// A row of the list: a group of threads, a function of its stack, or one of its threads.
private enum StackRow: FieldRow {
    static let fadesZeros = true

    case group(StackListing.Group)
    case frame(CodeFrame)
    case thread(StackListing.Thread)

    static let fields = ReportFields<StackRow>([
        .column(
            rank: 0,
            Field(
                "threads", "THR", .fixed(5), json: .screenOnly("the groups have count"),
                help: "threads with this very stack"
            ) { row in
                if case .group(let group) = row {
                    FieldValue(count: group.threads.count)
                } else {
                    .inapplicable
                }
            }),
        .column(
            rank: 1,
            Field(
                "state", "S", .fixed(2), .text, json: .screenOnly("the threads have it"),
                help: "their states"
            ) { row in
                switch row {
                case .group(let group):
                    .text(String(Set(group.threads.map(\.state.letter)).sorted()))
                case .thread(let thread): .text(String(thread.state.letter))
                case .frame: .inapplicable
                }
            }),
        .column(
            rank: 0,
            Field(
                "stack", "STACK", .flexible(minimum: 40), .text,
                json: .screenOnly("the groups have frames"),
                help: "from where it is to who called that; (?) by a guess; Enter shows it line by"
                    + " line"
            ) { row in
                switch row {
                case .group(let group): .text(group.shortChain)
                case .frame(let frame):
                    .text(frame.label + (frame.module.map { "  \($0)" } ?? ""))
                case .thread(let thread): .text("T\(thread.id.tid) \(thread.name)")
                }
            },
            tone: { row in
                switch row {
                case .group(let group): group.frames.isEmpty ? .faint : .plain
                case .frame(let frame): frame.origin == .kernel ? .kernel : .plain
                case .thread: .subject
                }
            }),
    ])
}

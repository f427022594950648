import Fields
import Samples
import Units

extension ProbePage {
    package static let functions = ProbePage(
        id: "functions", name: "functions", columns: FunctionRow.fields.columns,
        sort: FunctionRow.selfShare, enterHelp: "the calls that lead to the selected function",
        about: [
            "Functions by the share of samples in themselves; TOTAL% with what they called.",
            "Names come from symbols in the program, its debug file or the kernel's table.",
        ])

    package static let callTree = ProbePage(
        id: "calls", name: "calls", columns: FunctionRow.callFields.columns,
        sort: FunctionRow.totalShare, isTree: true,
        enterHelp: "unfold or fold what the selected call calls",
        about: [
            "Who called whom, from the outermost function down, with the share of samples.",
            "The chain with most of the samples is unfolded at first.",
        ])

    package static let sampledThreads = ProbePage(
        id: "threads", name: "threads", columns: SampledThreadRow.fields.columns,
        sort: FunctionRow.totalShare, choosesPart: true,
        enterHelp: "the functions of the selected thread alone",
        about: [
            "Whose samples they are, and in which function most of them; Enter shows one thread alone.",
            "Where many spin for a lock, the one that is in another function may hold it.",
        ])
}

/// A function in a profile, or as it was called by one chain of callers.
struct FunctionRow: FieldRow {
    static let fadesZeros = true

    /// Its index in the profile's `frames`.
    let number: Int
    let frame: CodeFrame
    /// Samples, or pages: in the function itself, and in all that it called, too.
    let own: Int
    let total: Int
    /// What shares are of.
    let weight: Int
    let isOfPages: Bool

    init(_ number: Int, in profile: Profile, own: Int, total: Int, weight: Int) {
        self.number = number
        frame = profile.frames[number]
        self.own = own
        self.total = total
        self.weight = weight
        isOfPages = profile.countsPages
    }

    static let selfShare: FieldID = "selfShare"
    static let totalShare: FieldID = "totalShare"
    static let count: FieldID = "samples"

    static let fields = ReportFields(
        [selfColumn, totalColumn, countColumn, functionColumn, moduleColumn] + forPrograms)
    static let callFields = ReportFields(
        [totalColumn, selfColumn, countColumn, functionColumn, moduleColumn])

    private static let selfColumn = ReportField<FunctionRow>.column(
        rank: 0,
        Field(
            selfShare, "SELF%", .fixed(6), json: .named("self_percent"),
            help: "of the samples, those in this function itself"
        ) { .percent(Percent($0.own, of: $0.weight)) })
    private static let totalColumn = ReportField<FunctionRow>.column(
        rank: 1,
        Field(
            totalShare, "TOTAL%", .fixed(6), json: .named("total_percent"),
            help: "of the samples, those in it or in what it called, counted once where it calls"
                + " itself"
        ) { .percent(Percent($0.total, of: $0.weight)) })
    private static let countColumn = ReportField<FunctionRow>.column(
        rank: 3,
        Field(
            count, "COUNT", .fixed(6), json: .screenOnly("the stacks have their samples or bytes"),
            help: "samples; of page faults the memory they brought in"
        ) { weighed($0.total, isOfPages: $0.isOfPages) })
    private static let functionColumn = ReportField<FunctionRow>.column(
        rank: 0,
        Field(
            "function", "FUNCTION", .flexible(minimum: 20), .text,
            json: .screenOnly("the name, and kernel and guessed as flags"),
            help: "demangled; file+offset where no symbol is known; (?) by a guess from the stack"
        ) { .text($0.frame.label) },
        tone: { $0.frame.isUnnamed ? .faint : $0.frame.origin == .kernel ? .kernel : .plain })
    private static let moduleColumn = ReportField<FunctionRow>.column(
        rank: 2,
        Field(
            "module", "MODULE", .fixed(16), .text, json: .named("module"),
            help: "the file it is in; [kernel], [vdso], [jit]"
        ) { FieldValue($0.frame.module) }, tone: { _ in .faint })

    private static let forPrograms: [ReportField<FunctionRow>] = [
        .json("name", "the function's name alone") { .text($0.frame.name) },
        .json("kernel", "it is one of the kernel's") { .flag($0.frame.origin == .kernel) },
        .json("guessed", "it stands there by a guess") { .flag($0.frame.isGuessed) },
    ]

    /// Samples, or of pages the memory.
    static func weighed(_ count: Int, isOfPages: Bool) -> FieldValue {
        isOfPages
            ? .bytes(Machine.current.units.bytes(PageCount(UInt64(max(0, count)))))
            : FieldValue(count: count)
    }
}

/// A thread that samples are of.
struct SampledThreadRow: FieldRow {
    static let fadesZeros = true

    let thread: Profile.Thread
    /// Samples, or pages.
    let count: Int
    let weight: Int
    let isOfPages: Bool
    /// The function that most of them were met in, itself, and how many; nil where no chain is known.
    let hottest: (frame: CodeFrame, count: Int)?
    /// Of fewer samples a share says nothing.
    static let leastSamples = 5

    static let fields = ReportFields<SampledThreadRow>([
        .column(
            rank: 0,
            Field(
                FunctionRow.totalShare, "SHARE%", .fixed(6),
                json: .screenOnly("its samples are there"),
                help: "of the samples, those of this thread"
            ) { .percent(Percent($0.count, of: $0.weight)) }),
        .column(
            rank: 3,
            Field(
                FunctionRow.count, "COUNT", .fixed(6), json: .screenOnly("its samples are there"),
                help: "samples; of page faults the memory they brought in"
            ) { FunctionRow.weighed($0.count, isOfPages: $0.isOfPages) }),
        .column(
            rank: 0,
            Field("tid", "TID", .fixed(7), json: .named("tid"), help: "thread") {
                .number(Int64($0.thread.tid.rawValue))
            }),
        .column(
            rank: 0,
            Field(
                "name", "NAME", .fixed(15), .text, json: .named("name"),
                help: "name of the thread"
            ) { .text($0.thread.name) }),
        .column(
            rank: 1,
            Field("pid", "PID", .fixed(7), json: .named("pid"), help: "its process") {
                .number(Int64($0.thread.process.rawValue))
            }),
        .column(
            rank: 2,
            Field(
                "functionShare", "OF IT%", .fixed(6), json: .named("function_percent"),
                help: "of the thread's samples, those in the function it was met in most often"
            ) { row in
                row.hottest.map { .percent(Percent($0.count, of: row.count)) } ?? .unknown
            }),
        .column(
            rank: 1,
            Field(
                "function", "FUNCTION", .flexible(minimum: 15), .text, json: .named("function"),
                help: "that function"
            ) { $0.hottest.map { .text($0.frame.label) } ?? .unknown }),
        .json("samples", "samples of it") { FieldValue(count: $0.thread.samples) },
    ])
}

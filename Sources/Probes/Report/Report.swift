package import Units

/// What a probe found: a sentence, what to know when reading it, and tables. The screen, text for
/// pipes, saved files and JSON are all made from it.
package struct Report: Sendable {
    /// Whose it is and of what, where text has to say it: "T4127 poll, CPU at 99 Hz".
    package var title: String?
    /// What was found, in a sentence.
    package var conclusion: String
    /// How it was found: who reads figures must know. "by perf events, user and kernel"
    package var method: String
    /// What to know when reading it, a sentence each.
    package var notes: [String]
    /// What would tell more, for those who accept what it does.
    package var offers: [ProbeOffer]
    /// A page of the screen each.
    package var tables: [ReportTable]
    /// What text has below the tables.
    package var blocks: [ReportBlock] = []
    /// Sentences that text has below the conclusion, where the screen has a table.
    package var furtherText: @Sendable () -> [String] = { [] }
    /// All of it for programs.
    package var document: @Sendable () -> JSONValue

    package func table(_ page: ProbePage) -> ReportTable? { tables.first { $0.page == page } }
}

/// Lines of text with a head: what a table would not show as text.
package struct ReportBlock: Sendable {
    package var head: String?
    /// The lines for a pipe; or, whole, for a file.
    package var lines: @Sendable (_ isWhole: Bool) -> [String]

    package init(head: String? = nil, lines: @escaping @Sendable (_ isWhole: Bool) -> [String]) {
        self.head = head
        self.lines = lines
    }
}

/// A part of a probe's target that can be probed alone: one thread of a process.
package struct ReportPart: Hashable, Sendable {
    package var thread: ThreadID

    package init(thread: ThreadID) { self.thread = thread }

    /// "T4127"
    package var name: String { "T\(thread)" }
}

/// A sentence on a thread that a probe found.
package struct ReportRemark: Hashable, Sendable {
    package var kind: ProbeKind
    package var thread: ThreadIdentity
    package var text: String
    /// A second line: the call chain with the most samples.
    package var detail: String?

    package init(
        _ kind: ProbeKind, of thread: ThreadIdentity, text: String, detail: String? = nil
    ) {
        self.kind = kind
        self.thread = thread
        self.text = text
        self.detail = detail
    }
}

/// A kind of probe, as menus, keys and help know it before it runs.
package struct ProbeKind: Sendable, Identifiable {
    /// "profile"
    package let id: String
    /// For the breadcrumb and the names of files: "off-CPU".
    package let title: String
    /// Over its remark beside a thread: "PROFILE".
    package let label: String
    /// On whom the menu offers it, what a key does first.
    package let uses: [Use]
    /// The tables of its report, in the order in which Tab goes through them; never none.
    package let pages: [ProbePage]
    /// What its findings can be saved as, the one that is suggested first.
    package let files: [ProbeFile]
    /// What a file is whose name has none of these endings.
    package let usualFile: ProbeFile
    private let make: @Sendable (ProbeTarget) -> (any ProbeRequest)?

    /// What it does on one kind of target.
    package struct Use: Hashable, Sendable {
        package let scope: Scope
        /// "profile: functions it spends its CPU time in"
        package let title: String
        /// For how long, and what it does to the target:
        /// "5 s, no measurable overhead: samples 50 times a second".
        package let effect: String

        package init(_ scope: Scope, _ title: String, effect: String) {
            self.scope = scope
            self.title = title
            self.effect = effect
        }
    }

    /// How much of the machine a target is.
    package enum Scope: Int, Comparable, Sendable {
        case thread, process, host

        package static func < (a: Scope, b: Scope) -> Bool { a.rawValue < b.rawValue }
    }

    /// - Parameter make: the usual request on a target; nil where it does not take such a one.
    package init(
        id: String, title: String, label: String, uses: [Use], pages: [ProbePage],
        files: [ProbeFile] = [.text, .json], usualFile: ProbeFile = .text,
        make: @escaping @Sendable (ProbeTarget) -> (any ProbeRequest)?
    ) {
        self.id = id
        self.title = title
        self.label = label
        self.uses = uses
        self.pages = pages
        self.files = files
        self.usualFile = usualFile
        self.make = make
    }

    /// Which it opens with.
    package var firstPage: ProbePage { pages[0] }

    package func request(for target: ProbeTarget) -> (any ProbeRequest)? { make(target) }

    /// By the ending of a file's name.
    package func file(at path: String) -> ProbeFile {
        files.first { path.hasSuffix("." + $0.ending) } ?? usualFile
    }
}

extension ProbeKind: Hashable {
    package static func == (a: ProbeKind, b: ProbeKind) -> Bool { a.id == b.id }
    package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

extension ProbeKind {
    /// Every probe there is, in the order of the menu.
    package static let all: [ProbeKind] = [
        .profile, .systemCalls, .waits, .stacks, .pageFaults,
    ]

    /// The pages that Tab goes through from one of them.
    package static func pages(with page: ProbePage) -> [ProbePage] {
        kind(with: page)?.pages ?? [page]
    }

    /// A kind whose report has this page.
    package static func kind(with page: ProbePage) -> ProbeKind? {
        all.first { $0.pages.contains(page) }
    }
}

/// A form in which findings can be saved.
package struct ProbeFile: Sendable {
    /// Of the file's name, without the dot.
    package let ending: String
    /// "a flame graph"; empty where the ending says it.
    package let name: String
    package let contents: Contents

    package enum Contents: Sendable {
        case text
        case json
        /// The file's text, from the reading and a title; nil for a reading of another kind.
        case own(@Sendable (any ProbeReading, _ title: String) -> String?)
    }

    package init(ending: String, name: String = "", contents: Contents) {
        self.ending = ending
        self.name = name
        self.contents = contents
    }

    package static let text = ProbeFile(ending: "txt", contents: .text)
    package static let json = ProbeFile(ending: "json", contents: .json)
}

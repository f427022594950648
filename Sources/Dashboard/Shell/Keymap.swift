import Fields
import Probes
package import Screen

/// What a key does somewhere, and how that is told.
package struct Binding: Sendable {
    package let keys: [Key]
    package let command: Command
    /// For the help page; nil where it stands in the one before it.
    package let help: (keys: String, text: String)?
    /// For the bottom line, best first; nil for keys that are not on it.
    package let hint: String?

    init(
        _ keys: [Key], _ command: Command, _ help: (keys: String, text: String)? = nil,
        hint: String? = nil
    ) {
        self.keys = keys
        self.command = command
        self.help = help
        self.hint = hint
    }
}

/// Every key of every place: keys, help and the bottom line are made from it. A view has its own
/// keys (`View.bindings`); here are those that several views have, and those that work anywhere.
package enum Keymap {
    package static func bindings(for place: Place) -> [Binding] {
        let columns = Set(place.view.columns.map(\.id))
        return reachable(
            (place.view.bindings + anywhere).filter { binding in
                if case .sort(let column) = binding.command {
                    columns.contains(column)
                } else {
                    true
                }
            })
    }

    /// Without those whose every key means something else before them.
    private static func reachable(_ bindings: [Binding]) -> [Binding] {
        var taken: Set<Key> = []
        return bindings.filter { binding in
            defer { taken.formUnion(binding.keys) }
            return !taken.isSuperset(of: binding.keys)
        }
    }

    package static func command(for key: Key, in place: Place) -> Command? {
        bindings(for: place).first { $0.keys.contains(key) }?.command
    }

    // MARK: Lists

    static let open = [
        Binding([.enter], .open, ("Enter", "open the selected row"), hint: "Enter open")
    ]

    static let list = open + movement + filter + order

    static let movement = [
        Binding([.up, .character("k")], .move(by: -1), ("up down, k j", "select")),
        Binding([.down, .character("j")], .move(by: 1)),
        Binding([.pageUp], .movePages(-1), ("PgUp PgDn", "select a page further")),
        Binding([.pageDown], .movePages(1)),
        Binding([.home, .character("g")], .first, ("Home End, g G", "select the first, the last")),
        Binding([.end, .character("G")], .last),
    ]

    static let filter = [
        Binding(
            [.character("/"), .function(4)], .filter,
            ("/ F4", "filter: only rows with this text; Esc shows all again"), hint: "/ filter")
    ]

    static let order = [
        Binding([.function(6)], .chooseSort, ("F6", "choose the sort column")),
        Binding([.character("<")], .sortNext(by: -1), ("< >", "sort by the next column")),
        Binding([.character(">")], .sortNext(by: 1), hint: "<> sort"),
        Binding([.character("I")], .reverseSort, ("I", "reverse sort")),
        Binding([.character("P")], .sort(.cpu), ("P M T", "sort by CPU, memory, time")),
        Binding([.character("M")], .sort(.resident)),
        Binding([.character("T")], .sort(.time)),
        Binding(
            [.character("F")], .toggleFollow,
            ("F", "follow: scroll along with the selected row")),
    ]

    static let folding = [
        Binding([.character("+"), .character("=")], .unfold, ("+ -", "unfold, fold")),
        Binding([.character("-")], .fold),
    ]

    // MARK: Processes and threads

    static let hotRows = [
        Binding(
            [.character("n")], .hotRow(by: 1), ("n N", "next, previous hot row"), hint: "n hot"),
        Binding([.character("N")], .hotRow(by: -1)),
    ]

    static let profile = [
        Binding(
            [.character("p")], .probe(.profile),
            ("p", "profile: the functions it spends its CPU time in (5 s, 99 Hz)"),
            hint: "p profile")
    ]

    /// What else dxtop samples itself, without any tool.
    static let probes = [
        Binding(
            [.character("o")], .probe(.waits),
            ("o", "off-CPU: where the selected thread sleeps, and for what"), hint: "o off-CPU"),
        Binding(
            [.character("S")], .probe(.stacks),
            ("S", "stacks of all threads of the process, without stopping it"), hint: "S stacks"),
    ]

    static let calls = [
        Binding(
            [.character("n")], .probe(.systemCalls),
            ("n", "count its system calls by name, without stopping it"), hint: "n calls")
    ]

    /// The key that starts a probe on a thread, or its process.
    static func key(of kind: ProbeKind) -> Character? {
        let binding = (profile + probes + calls).first { $0.command == .probe(kind) }
        guard case .character(let key)? = binding?.keys.first else { return nil }
        return key
    }

    static let faults = [
        Binding(
            [.character("p")], .probe(.pageFaults),
            ("p", "page faults of the process: which code grows its memory (10 s)"),
            hint: "p faults")
    ]

    static let socketsOfProcess = [
        Binding(
            [.character("l")], .sockets, ("l", "sockets of the selected process"),
            hint: "l sockets")
    ]

    /// Tools on the thread, or the hottest thread of the process, that is selected.
    static let tools: [Binding] =
        [
            Binding(
                [.character("x")], .toolMenu,
                ("x", "probes and tools for the selected thread (of a process: its hottest)"),
                hint: "x tools")
        ]
        + ToolCatalogue.threadTools.compactMap { tool in
            tool.key.map { key in
                Binding(
                    [.character(key)], .tool(id: tool.id), (String(key), tool.title),
                    hint: "\(key) \(tool.title.prefix { $0 != " " && $0 != ":" })")
            }
        }

    static let curves = [
        Binding([.character("B")], .toggleBraille, ("B", "curves in braille dots, or in blocks"))
    ]

    // MARK: Networks

    static let namespaces = [
        Binding(
            [.character("N")], .chooseNamespace,
            ("N", "another network namespace: of a container, by its processes or its name"),
            hint: "N netns")
    ]

    /// What lists of sockets have in common.
    static let network =
        namespaces + [
            Binding(
                [.character("r")], .routes,
                ("r", "routing tables, and the route to the selected peer"), hint: "r routes"),
            Binding(
                [.character("n")], .toggleServices,
                ("n", "ports by the names of services, from /etc/services"), hint: "n names"),
            Binding(
                [.character("D")], .toggleHosts,
                ("D", "ask DNS for the names of the hosts on the screen; never asked otherwise")),
        ]

    static let burst = [
        Binding(
            [.character("b")], .burst,
            (
                "b",
                "sample its queue every 10 ms for 5 s (about 1% of a CPU); automatic when it drops"
            ), hint: "b sample")
    ]

    static let ownerThreads = [
        Binding(
            [.character("t")], .ownerThreads,
            ("t", "the threads of the process that holds the selected socket"), hint: "t threads")
    ]

    static let ownerStacks = [
        Binding(
            [.character("S")], .probe(.stacks),
            ("S", "stacks of all threads of the process that holds it"))
    ]

    /// Tools that look at the route to the selected peer.
    static let peerTools = [
        Binding(
            [.character("x")], .toolMenu,
            ("x", "tools for the selected peer: ping, path MTU"), hint: "x tools")
    ]

    // MARK: Anywhere

    static let anywhere: [Binding] =
        [
            Binding(
                [.escape, .backspace], .back,
                ("Esc q Backspace", "back; q in the Overview asks, then quits"), hint: "Esc back"),
            Binding([.character("q")], .backOrQuit),
        ] + views + [
            Binding(
                [.character("z")], .freeze,
                ("z", "freeze the screen, collection goes on; again (or Space): live"),
                hint: "z freeze"),
            Binding([.character(" ")], .resume),
            Binding(
                [.character("[")], .step(samples: -1),
                ("[ ] { }", "step back and forth through 15 minutes, by sample, by minute")),
            Binding([.character("]")], .step(samples: 1)),
            Binding([.character("{")], .stepMinutes(-1)),
            Binding([.character("}")], .stepMinutes(1)),
            Binding([.character("d")], .setInterval, ("d", "refresh interval in seconds")),
            Binding(
                [.character("y")], .showCommand,
                ("y", "the shell command that shows the same, to copy"), hint: "y command"),
            Binding([.control("l")], .redraw, ("Ctrl-L", "redraw")),
            Binding([.character(":")], .commandLine, (":q", "quit at once, as Ctrl-C does")),
            Binding(
                [.character("?"), .function(1), .character("h")], .help, ("? F1 h", "this help"),
                hint: "? help"),
        ]

    private static let views = RootView.all.enumerated().map { index, root in
        let keys = RootView.all.map { String($0.key) }
        guard index == 0 else { return Binding([.character(root.key)], .view(root.place)) }
        return Binding(
            [.character(root.key)], .view(root.place),
            (keys.joined(separator: " "), RootView.all.map(\.title).joined(separator: ", ")),
            hint: "\(keys[0])-\(keys[keys.count - 1]) view")
    }
}

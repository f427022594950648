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

/// Every key of every place, once: keys, help and the bottom line are made from it.
package enum Keymap {
    package static func bindings(for place: Place) -> [Binding] {
        let columns = place.isList ? Set(Column.columns(of: place).map(\.id)) : []
        return reachable(
            all(for: place).filter { binding in
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

    private static func all(for place: Place) -> [Binding] {
        switch place {
        case .overview:
            open + findings + profile + filterKey + overview + selection + hotRows + probes
                + movement + order + socketsOfProcess + anywhere
        case .threads:
            open + profile + filterKey + functions + selection + hotRows + probes + movement
                + order + socketsOfProcess + anywhere
        case .thread: profile + calls + selection + probes + curves + anywhere
        case .memory: memory + list + faults + selection + socketsOfProcess + curves + anywhere
        case .mappings: mappings + faults + list + selection + anywhere
        case .sockets: sockets + list + network + peerTools + anywhere
        case .socketGroups: sockets + list + network + peerTools + anywhere
        case .socket: socket + network + peerTools + anywhere
        case .udp: udp + list + network + anywhere
        case .losses: losses + movement + [namespaces] + anywhere
        case .routes: routes + list + [namespaces] + peerTools + anywhere
        case .tool: tool + profile + toolKeys + anywhere
        case .probe(let page): probe(page) + movement + filterKey + order + anywhere
        }
    }

    package static func command(for key: Key, in place: Place) -> Command? {
        bindings(for: place).first { $0.keys.contains(key) }?.command
    }

    private static let open = [
        Binding([.enter], .open, ("Enter", "open the selected row"), hint: "Enter open")
    ]

    private static let list = open + movement + filterKey + order

    private static let movement = [
        Binding([.up, .character("k")], .move(by: -1), ("up down, k j", "select")),
        Binding([.down, .character("j")], .move(by: 1)),
        Binding([.pageUp], .movePages(-1), ("PgUp PgDn", "select a page further")),
        Binding([.pageDown], .movePages(1)),
        Binding([.home, .character("g")], .first, ("Home End, g G", "select the first, the last")),
        Binding([.end, .character("G")], .last),
    ]

    private static let filterKey = [
        Binding(
            [.character("/"), .function(4)], .filter,
            ("/ F4", "show only rows with this text; Esc shows all again"), hint: "/ filter")
    ]

    private static let order = [
        Binding([.function(6)], .chooseSort, ("F6", "choose the column to sort by")),
        Binding([.character("<")], .sortNext(by: -1), ("< >", "sort by the next column")),
        Binding([.character(">")], .sortNext(by: 1), hint: "<> sort"),
        Binding([.character("I")], .reverseSort, ("I", "turn the order around")),
        Binding([.character("P")], .sort(.cpu), ("P M T", "sort by CPU, memory, time")),
        Binding([.character("M")], .sort(.resident)),
        Binding([.character("T")], .sort(.time)),
        Binding(
            [.character("F")], .toggleFollow,
            ("F", "follow: scroll along with the selected row")),
    ]

    private static let findings = [
        Binding(
            [.tab], .nextFinding,
            ("Tab", "the next finding: Enter goes to where it can be seen"), hint: "Tab findings"),
        Binding(
            [.character("m")], .mute,
            ("m", "mute the selected finding, with a reason; again: tell of it")),
    ]

    private static let overview = [
        Binding(
            [.character("H")], .toggleThreads, ("H", "threads among the processes"),
            hint: "H threads"),
        Binding([.character("t"), .function(5)], .toggleTree, ("t F5", "tree"), hint: "t tree"),
        Binding(
            [.character("+"), .character("=")], .unfold,
            ("+ -", "in the tree: unfold, fold")),
        Binding([.character("-")], .fold),
    ]

    private static let memory = [
        Binding(
            [.enter], .open, ("Enter", "the mappings of the selected process: which of them grows"),
            hint: "Enter mappings"),
        Binding(
            [.character("+"), .character("=")], .zoom(in: true),
            ("+ -", "a shorter, a longer time on the curve"), hint: "+- zoom"),
        Binding([.character("-")], .zoom(in: false)),
        Binding(
            [.character("0")], .toggleScale,
            ("0", "the curve from zero, or from its lowest value"), hint: "0 scale"),
        Binding(
            [.tab], .nextCurve,
            ("Tab", "the curve of the selected process, of the host's memory, of its swap"),
            hint: "Tab host"),
        Binding(
            [.character("m")], .mark,
            ("m", "mark: keep this curve on show, under a digit, beside the selected one's"),
            hint: "m mark"),
        Binding([.character("M")], .sort(.anonymous), ("M", "sort by anonymous memory")),
    ]

    private static let mappings = [
        Binding(
            [.enter], .open, ("Enter", "show the mappings of a group one by one, or fold them"),
            hint: "Enter unfold"),
        Binding([.character("+"), .character("=")], .unfold, ("+ -", "unfold, fold")),
        Binding([.character("-")], .fold),
        Binding([.character("r")], .readMappings, ("r", "read smaps again now"), hint: "r read"),
        Binding([.character("M")], .sort(.anonymous), ("M", "sort by anonymous memory")),
    ]

    private static let sockets = [
        Binding(
            [.enter], .open, ("Enter", "the selected socket, or the sockets of the selected group"),
            hint: "Enter open"),
        Binding(
            [.tab], .nextGrouping,
            ("Tab", "sockets one by one, or counted by state, by peer, by process"),
            hint: "Tab group"),
        Binding(
            [.character("t")], .ownerThreads,
            ("t", "the threads of the process that holds the selected socket"), hint: "t threads"),
    ]

    private static let socket = [
        Binding(
            [.enter, .character("t")], .ownerThreads,
            ("Enter t", "the threads of the process that holds it"), hint: "Enter threads"),
        lookClosely,
    ]

    private static let udp = [
        Binding(
            [.enter], .open, ("Enter", "the selected socket: queue, reader, proof"),
            hint: "Enter proof"),
        lookClosely,
        Binding(
            [.character("w")], .losses,
            ("w", "where datagrams are lost: by interface, CPU and counter, and what to do"),
            hint: "w where lost"),
        Binding(
            [.character("t")], .ownerThreads,
            ("t", "the threads of the process that holds the selected socket"), hint: "t threads"),
    ]

    private static let lookClosely = Binding(
        [.character("b")], .lookClosely,
        (
            "b",
            "burst: look at its queue every 10 ms for 5 s (about 1% of a CPU); by itself when it loses"
        ), hint: "b burst")

    private static let losses: [Binding] = [
        Binding([.character("r")], .routes, ("r", "routing tables"), hint: "r routes")
    ]

    private static let routes = [
        Binding(
            [.enter, .character("t")], .routeTo, ("Enter t", "the way to an address: type it"),
            hint: "Enter way to")
    ]

    private static let namespaces = Binding(
        [.character("N")], .chooseNamespace,
        ("N", "another network namespace: of a container, by its processes or its name"),
        hint: "N netns")

    /// What views 4 and 5 have in common.
    private static let network = [
        namespaces,
        Binding(
            [.character("r")], .routes,
            ("r", "routing tables, and the way to the selected peer"), hint: "r routes"),
        Binding(
            [.character("n")], .toggleServices,
            ("n", "ports by the names of services, from /etc/services"), hint: "n names"),
        Binding(
            [.character("D")], .toggleHosts,
            ("D", "ask DNS what the hosts on the screen are called; never asked otherwise")),
    ]

    private static let socketsOfProcess = [
        Binding(
            [.character("l")], .sockets, ("l", "sockets of the selected process"),
            hint: "l sockets")
    ]

    /// Tools that look at the way to the selected peer.
    private static let peerTools = [
        Binding(
            [.character("x")], .toolMenu,
            ("x", "tools for the selected peer: ping, path MTU"), hint: "x tools")
    ]

    private static let curves = [
        Binding([.character("B")], .toggleBraille, ("B", "curves in braille dots, or in blocks"))
    ]

    private static let hotRows = [
        Binding(
            [.character("n")], .hotRow(by: 1), ("n N", "next, previous hot row"),
            hint: "n hot"),
        Binding([.character("N")], .hotRow(by: -1)),
    ]

    private static let profile = [
        Binding(
            [.character("p")], .probe(.profile),
            ("p", "profile: the functions it spends its CPU time in (5 s, 99 Hz)"),
            hint: "p profile")
    ]

    /// What else dxtop looks at itself, without any tool.
    private static let probes = [
        Binding(
            [.character("o")], .probe(.waits),
            ("o", "off-CPU: where the selected thread sleeps, and for what"), hint: "o off-CPU"),
        Binding(
            [.character("S")], .probe(.stacks),
            ("S", "stacks of all threads of the process, without stopping it"), hint: "S stacks"),
    ]

    private static let calls = [
        Binding(
            [.character("n")], .probe(.systemCalls),
            ("n", "count its system calls by name, without stopping it"), hint: "n calls")
    ]

    private static let faults = [
        Binding(
            [.character("p")], .probe(.faults),
            ("p", "page faults of the process: which code grows its memory (10 s)"),
            hint: "p faults")
    ]

    private static let functions = [
        Binding(
            [.character("W")], .hotFunctions,
            (
                "W",
                "WHERE: name the functions of user code that burn CPU, by sampling the machine at a low rate"
            ), hint: "W where")
    ]

    /// Over what a probe has found.
    private static func probe(_ page: ProbePage) -> [Binding] {
        let open: (keys: String, text: String)? =
            switch page {
            case .functions: ("Enter", "the calls that lead to the selected function")
            case .callTree: ("Enter", "unfold or fold what the selected call calls")
            case .threads: ("Enter", "the functions of the selected thread alone")
            case .stacks: ("Enter", "unfold or fold a stack; of a thread, its detail")
            case .systemCalls, .waits: nil
            }
        var bindings: [Binding] = []
        if let open { bindings.append(Binding([.enter], .open, open)) }
        if ProbePage.ofProfile.contains(page) {
            bindings.append(
                Binding(
                    [.tab], .nextGrouping, ("Tab", "functions, the tree of calls, threads"),
                    hint: "Tab pages"))
        }
        if page == .callTree || page == .stacks {
            bindings += [
                Binding([.character("+"), .character("=")], .unfold, ("+ -", "unfold, fold")),
                Binding([.character("-")], .fold),
            ]
        }
        let files =
            ProbePage.ofProfile.contains(page)
            ? "save: .svg a flame graph, .folded stacks, .json" : "save as text"
        return bindings + [
            Binding([.character("r")], .repeatProbe, ("r", "look again"), hint: "r again"),
            Binding([.character("w")], .save, ("w", files), hint: "w save"),
            Binding(
                [.character("O")], .offers,
                ("O", "what would tell more, but stops the target or changes the machine")),
        ]
    }

    /// Tools on the thread, or the hottest thread of the process, that is selected.
    private static let selection = toolKeys

    private static let toolKeys: [Binding] =
        [
            Binding(
                [.character("x")], .toolMenu,
                ("x", "tools for the selected thread (of a process: its hottest)"),
                hint: "x tools")
        ]
        + ToolCatalogue.threadTools.compactMap { tool in
            tool.key.map { key in
                Binding(
                    [.character(key)], .tool(id: tool.id), (String(key), tool.title),
                    hint: "\(key) \(tool.title.prefix { $0 != " " && $0 != ":" })")
            }
        }

    private static let tool: [Binding] =
        [
            Binding(
                [.enter], .open, ("Enter", "on the card: start now; at the end: the next tool")),
            Binding([.up, .character("k")], .move(by: -1), ("up down, k j", "scroll")),
            Binding([.down, .character("j")], .move(by: 1)),
            Binding([.left], .scrollSideways(-8), ("left right", "scroll sideways")),
            Binding([.right], .scrollSideways(8)),
            Binding([.pageUp], .movePages(-1), ("PgUp PgDn", "scroll a page")),
            Binding([.pageDown], .movePages(1)),
            Binding(
                [.home, .character("g")], .first,
                ("Home End, g G", "the beginning, the end (and stay there)")),
            Binding([.end, .character("G")], .last),
            Binding([.character("/")], .search, ("/", "search"), hint: "/ search"),
            Binding([.character("n")], .searchAgain(forward: true), ("n N", "search on, back")),
            Binding([.character("N")], .searchAgain(forward: false)),
            Binding([.character("w")], .save, ("w", "save the output to a file"), hint: "w save"),
        ]

    private static let anywhere = [
        Binding(
            [.escape, .backspace], .back,
            ("Esc q Backspace", "back; q in the Overview asks, then quits"), hint: "Esc back"),
        Binding([.character("q")], .backOrQuit),
        Binding(
            [.character("1")], .view(.overview),
            ("1 2 3 4 5", "Overview, Threads of the host, Memory, Sockets, UDP"),
            hint: "1-5 view"),
        Binding([.character("2")], .view(.threads)),
        Binding([.character("3")], .view(.memory)),
        Binding([.character("4")], .view(.sockets)),
        Binding([.character("5")], .view(.udp)),
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
        Binding([.control("l")], .redraw, ("Ctrl-L", "draw the screen anew")),
        Binding([.character(":")], .commandLine, (":q", "quit at once, as Ctrl-C does")),
        Binding(
            [.character("?"), .function(1), .character("h")], .help, ("? F1 h", "this help"),
            hint: "? help"),
    ]
}

import Screen

/// What a place shows and which keys it has, made from the columns and the keymap themselves.
enum Help {
    struct Line: Hashable {
        let head: String
        let text: String
        var isTitle: Bool { text.isEmpty && !head.isEmpty }
    }

    static func lines(for place: Place) -> [Line] {
        var lines = about(place).map { Line(head: "", text: $0) }
        lines.append(Line(head: "", text: ""))
        lines.append(Line(head: "KEYS", text: ""))
        lines += Keymap.bindings(for: place).compactMap { binding in
            binding.help.map { Line(head: $0.keys, text: $0.text) }
        }
        if place.isList {
            lines.append(Line(head: "", text: ""))
            lines.append(Line(head: "COLUMNS (more on a wider screen)", text: ""))
            lines += Column.columns(of: place).map { Line(head: $0.title, text: $0.meaning) }
        }
        lines.append(Line(head: "", text: ""))
        lines.append(Line(head: "MARKS", text: ""))
        lines += marks
        return lines
    }

    private static let marks = [
        Line(head: "! !!", text: "warning, critical; on a figure: a hot thread"),
        Line(
            head: "hot",
            text: "uses a whole CPU, or wants it (CPU% + WAIT%) and never sleeps (VCS/s below 1)"),
        Line(head: "-", text: "not known, or not permitted"),
        Line(head: "recorded", text: "an earlier sample: the rows that used CPU or were on screen"),
        Line(
            head: "malformed",
            text: "files of /proc that dxtop failed to parse: its bug, please report"),
        Line(head: "incomplete", text: "processes of a captured tree without stat or task"),
        Line(
            head: "hung", text: "processes whose command line could not be read in time: left alone"
        ),
        Line(head: "for 4s+", text: "hot at least that long: dxtop has not watched for longer"),
        Line(head: "LIVE", text: "the screen goes with time; FROZEN: it stands, -0:42 back"),
        Line(
            head: "budget",
            text: "refreshes come that far apart, for dxtop's CPU to keep within --budget"),
        Line(head: "self", text: "what dxtop itself costs: CPU% of one CPU, resident memory"),
    ]

    private static func about(_ place: Place) -> [String] {
        switch place {
        case .overview:
            [
                "Which resource is short, then processes by their hottest thread:",
                "a sum of 131 % never hides one thread that keeps a CPU to itself.",
            ]
        case .threads:
            [
                "Threads by CPU. A hot one uses most of a CPU; Enter shows what it does,",
                "p shows the functions it spends its time in, s traces its system calls.",
            ]
        case .thread:
            [
                "One thread in depth. CPU without switches and system calls is a loop in",
                "user mode: strace will be silent (s), a profile will not (p). What probes found",
                "of it stays here.",
            ]
        case .memory:
            [
                "Processes by how much their anonymous memory and swap grew; the curve of the",
                "selected one says in which shape, how fast, and when it meets which limit.",
                "What is kept: 1 s for 15 minutes, 10 s for a day, 60 s for two weeks, of the",
                "largest and the growing. ^ on the time axis: the service was started anew.",
            ]
        case .mappings:
            [
                "What one process's memory is made of, from smaps, and which of it grows.",
                "Read on demand: it takes locks inside the process. While this is open it is",
                "read again, but not sooner than 10 s after the reading before.",
            ]
        case .sockets, .socketGroups:
            [
                "Sockets of one network namespace, with who holds them. Filter by any part: :12201,",
                "CLOSE_WAIT, a process, a peer. Tab counts them by state, peer or process.",
                "What needs root (other users' processes) is -, and said once below.",
            ]
        case .socket:
            [
                "One socket: its queues and what the kernel tells of the connection, with their",
                "course since it was looked at. Of UDP: how it is read, with the proof.",
            ]
        case .udp:
            [
                "UDP sockets by what they lose, and where on the way it happens. A close look at",
                "the queue (b, or by itself once it loses) tells a reader that has stopped from",
                "one that is slow, pauses, or has too small a buffer.",
            ]
        case .losses:
            [
                "The way of a datagram from the wire to the program, and what was lost where.",
                "DROP/s now, SEEN since dxtop started, DROPS since boot. Below: what a loss",
                "at the selected place means and what to do.",
            ]
        case .routes:
            [
                "Routing tables of the namespace, version 4 and 6, and the way to one address with",
                "the largest packet that fits it, as the kernel answers.",
            ]
        case .probe(.functions):
            [
                "Functions by the share of samples in themselves; TOTAL% with what they called.",
                "Names come from symbols in the program, its debug file or the kernel's table.",
            ]
        case .probe(.callTree):
            [
                "Who called whom, from the outermost function down, with the share of samples.",
                "The way of most samples is open at first.",
            ]
        case .probe(.threads): ["Whose samples they are; Enter looks at one thread alone."]
        case .probe(.systemCalls):
            [
                "System calls by name. Counted by the kernel's tracepoints where these may be",
                "read, without stopping the target; else polled, which sees only long calls.",
            ]
        case .probe(.waits):
            [
                "Where a thread is found when one looks again and again: on a CPU, or asleep in",
                "which call, for what. Nothing of it stops the thread.",
            ]
        case .probe(.stacks):
            [
                "The stack of every thread, equal ones together. Read from outside: nobody is",
                "stopped. ? is a guess; O offers the exact way, which stops each for a moment.",
            ]
        case .tool:
            [
                "The card says what will run, what it does to the thread and for how long.",
                "Esc stops the tool; the thread is left running and untraced.",
            ]
        }
    }
}

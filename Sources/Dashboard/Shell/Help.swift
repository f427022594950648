import Screen

/// What a place shows and which keys it has, made from the columns and the keymap themselves.
enum Help {
    struct Line: Hashable {
        let head: String
        let text: String
        var isTitle: Bool { text.isEmpty && !head.isEmpty }
    }

    static func lines(for place: Place) -> [Line] {
        var lines = place.view.about.map { Line(head: "", text: $0) }
        lines.append(Line(head: "", text: ""))
        lines.append(Line(head: "KEYS", text: ""))
        lines += Keymap.bindings(for: place).compactMap { binding in
            binding.help.map { Line(head: $0.keys, text: $0.text) }
        }
        if place.view.isList {
            lines.append(Line(head: "", text: ""))
            lines.append(Line(head: "COLUMNS (more on a wider screen)", text: ""))
            lines += place.view.columns.map { Line(head: $0.title, text: $0.meaning) }
        }
        lines.append(Line(head: "", text: ""))
        lines.append(Line(head: "MARKS", text: ""))
        lines += marks
        return lines
    }

    private static let marks = [
        Line(head: "! !!", text: "warning, critical; on a field: a hot thread"),
        Line(
            head: "hot",
            text: "uses a whole CPU, or wants it (CPU% + WAIT%) and never sleeps (VCS/s below 1)"),
        Line(head: "-", text: "not known, or not permitted"),
        Line(
            head: "paused",
            text: "sorting paused: rows keep their places for 5 s after a key"),
        Line(head: "recorded", text: "an earlier sample, of which not all rows were kept"),
        Line(head: "+more", text: "a taller screen shows more of this page"),
        Line(
            head: "malformed",
            text: "files of /proc that dxtop failed to parse: its bug, please report"),
        Line(head: "incomplete", text: "processes of a captured tree without stat or task"),
        Line(
            head: "hung",
            text: "processes whose command line could not be read in time: not read again"
        ),
        Line(head: "for 4s+", text: "hot at least that long: dxtop has not watched for longer"),
        Line(
            head: "LIVE",
            text: "updating; FROZEN -42s: paused, 42 s ago; TREE: files of a captured /proc"),
        Line(
            head: "budget",
            text: "refreshes come that far apart, for dxtop's CPU to keep within --budget"),
        Line(head: "self", text: "dxtop's own CPU% of one CPU, resident memory"),
    ]
}

import Probes
import Screen
import Units

/// What a probe found as a file of text; a profile has files of its own kinds.
enum ProbeText {
    static func file(of probe: ProbeState) -> String {
        var lines = ["# \(probe.title) of \(probe.subject.description)"]
        switch probe.reading {
        case .systemCalls(let count):
            lines += ["# " + count.conclusion] + count.notes.map { "# " + $0 }
            lines += ([count.heads] + count.rows).map { $0.joined(separator: "\t") }
        case .waits(let waits):
            lines += ["# " + waits.conclusion] + waits.notes.map { "# " + $0 }
            lines += ([WaitReading.heads] + waits.rows).map { $0.joined(separator: "\t") }
            lines += waits.places.compactMap { place in
                place.kernelStack.map { "# \(place.activity.name): \($0.joined(separator: " < "))" }
            }
        case .stacks(let listing):
            lines += ["# " + listing.summary] + listing.notes.map { "# " + $0 }
            for group in listing.groups {
                lines += ["", "\(group.title): \(group.members())"]
                lines += group.frames.map { frame in
                    "    " + frame.label + (frame.module.map { "  (\($0))" } ?? "")
                }
                if let gap = group.gap { lines.append("    ... \(gap)") }
            }
        case .profile, nil: break
        }
        // Names are whatever somebody chose: no escape sequence of theirs gets into a file.
        return lines.map { HarmlessText.line(Array($0.utf8)) }.joined(separator: "\n") + "\n"
    }
}

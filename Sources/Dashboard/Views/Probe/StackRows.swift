import Fields
import Probes
import ProcFormats
import ProcSampling
import Screen
import Units

/// The rows of a list of stacks: a group of threads with equal stacks, below it, when it is unfolded,
/// the stack and the threads.
enum StackRows {
    static func rows(of listing: StackListing, unfolded: Set<RowID>) -> [ProbeRow] {
        listing.groups.flatMap { group -> [ProbeRow] in
            // Groups change their places while the list comes in; what they are stays.
            let id = "g \(group.chain)"
            let head = ProbeRow(
                id: id, cells: cells(of: group), hasChildren: true,
                grounds: group.gap.map { ["gap  \($0)"] } ?? [])
            guard unfolded.contains(.probe(id)) else { return [head] }
            let frames = group.frames.enumerated().map { number, frame in
                ProbeRow(
                    id: "\(number) \(id)",
                    cells: [
                        "stack": ProbeRow.Cell(
                            text: frame.label + (frame.module.map { "  \($0)" } ?? ""),
                            style: frame.origin == .kernel ? .heading : .text)
                    ], depth: 1)
            }
            let threads = group.threads.map { thread in
                ProbeRow(
                    id: "t\(thread.id.tid)",
                    cells: [
                        "state": ProbeRow.Cell(text: String(thread.state.letter)),
                        "stack": ProbeRow.Cell(
                            text: "T\(thread.id.tid) \(thread.name)", style: .accent),
                    ], depth: 1)
            }
            return [head] + frames + threads
        }
    }

    /// The thread that a row stands for, if it is one.
    static func thread(ofRow id: String, in listing: StackListing) -> ThreadIdentity? {
        guard id.hasPrefix("t"), let tid = Int32(id.dropFirst()) else { return nil }
        return listing.groups.lazy.flatMap(\.threads).first { $0.id.tid.rawValue == tid }?.id
    }

    private static func cells(of group: StackListing.Group) -> [FieldID: ProbeRow.Cell] {
        let states = Set(group.threads.map(\.state.letter)).sorted()
        return [
            "threads": ProbeRow.Cell(
                text: "\(group.threads.count)", key: .number(Double(group.threads.count))),
            "state": ProbeRow.Cell(text: String(states), key: .text(String(states))),
            "stack": ProbeRow.Cell(
                text: group.shortChain, style: group.frames.isEmpty ? .faint : .text,
                key: .text(group.chain)),
        ]
    }
}

import Fields
import Probes
import Screen
import Units

/// The rows of a profile: its functions, its threads.
struct ProfileRows {
    private let profile: Profile
    /// What shares are of.
    private let weight: Int

    init(_ profile: Profile) {
        self.profile = profile
        weight = profile.weight
    }

    // MARK: Functions

    func functions() -> [ProbeRow] {
        profile.functions.map { function in
            ProbeRow(
                id: "f\(function.frame)",
                cells: cells(
                    of: function.frame, self: function.selfCount, total: function.totalCount))
        }
    }

    /// The function that a row of `functions` stands for.
    static func frame(ofFunction id: String) -> Int? {
        id.hasPrefix("f") ? Int(id.dropFirst()) : nil
    }

    func cells(of number: Int, self own: Int, total: Int) -> [FieldID: ProbeRow.Cell] {
        func share(_ count: Int) -> ProbeRow.Cell {
            ProbeRow.Cell(
                text: Percent(count, of: weight).text, style: count == 0 ? .faint : .text,
                key: .number(Double(count)))
        }
        let frame = profile.frames[number]
        let style: Style = frame.isUnnamed ? .faint : frame.origin == .kernel ? .heading : .text
        return [
            "selfShare": share(own), "totalShare": share(total),
            "samples": ProbeRow.Cell(text: profile.figure(total), key: .number(Double(total))),
            "function": ProbeRow.Cell(text: frame.label, style: style, key: .text(frame.name)),
            "module": ProbeRow.Cell(
                text: frame.module ?? "-", style: .faint, key: .text(frame.module ?? "")),
        ]
    }

    /// Who called a function in most of its samples, from the outermost on: for one row at a time,
    /// since all stacks are gone through.
    func heaviestChain(through frame: Int) -> String? {
        var chains: [ArraySlice<Int>: Int] = [:]
        for stack in profile.stacks {
            guard let place = stack.frames.lastIndex(of: frame) else { continue }
            chains[stack.frames[...place], default: 0] += stack.count
        }
        let heaviest = chains.max { a, b in
            (a.value, b.key.count, b.key.last ?? 0) < (b.value, a.key.count, a.key.last ?? 0)
        }
        return heaviest.map { chain, count in
            let names = chain.map { profile.frames[$0].label }.joined(separator: " > ")
            return "called as  \(names)  \(Percent(count, of: weight).text)%"
        }
    }

    // MARK: Threads

    func threads() -> [ProbeRow] {
        var counts = [Int](repeating: 0, count: profile.threads.count)
        for stack in profile.stacks { counts[stack.thread] += stack.count }
        return profile.threads.enumerated().map { index, thread in
            let count = profile.countsPages ? counts[index] : thread.samples
            return ProbeRow(
                id: "t\(thread.tid)",
                cells: [
                    "totalShare": ProbeRow.Cell(
                        text: Percent(count, of: weight).text, key: .number(Double(count))),
                    "samples": ProbeRow.Cell(
                        text: profile.figure(count), key: .number(Double(count))),
                    "tid": ProbeRow.Cell(
                        text: "\(thread.tid)", key: .number(Double(thread.tid.rawValue))),
                    "name": ProbeRow.Cell(text: thread.name, key: .text(thread.name)),
                    "pid": ProbeRow.Cell(
                        text: "\(thread.process)", key: .number(Double(thread.process.rawValue))),
                ])
        }
    }

    /// The thread that a row of `threads` stands for.
    static func thread(ofRow id: String) -> ThreadID? {
        id.hasPrefix("t") ? Int32(id.dropFirst()).map { ThreadID($0) } : nil
    }
}

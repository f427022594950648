import History
import Diagnosis
import ProcFormats
import Samples
import Screen
import Units

/// What a curve says: its verdict, what the memory is made of, what limits it.
extension MemoryPicture {
    func drawVerdict(into surface: inout Surface, in rect: Rect) {
        var rest = rect
        guard rest.rows > 0 else { return }
        let line = rest.takeTop(1)
        let growth = subject.flatMap(growth)
        let confidence = growth.flatMap(confidence)
        let room = rect.columns - (confidence.map { $0.text.count + 1 } ?? 0)
        let pieces =
            subject.map { verdict(growth, of: $0) } ?? [StyledText("nothing is selected", .faint)]
        surface.put(pieces, at: line.origin, within: room)
        if let confidence {
            surface.put(
                confidence.text,
                at: Point(
                    column: line.column + rect.columns - confidence.text.count, row: line.row),
                style: .text)
        }
        guard rest.rows > 0 else { return }
        surface.put(
            composition, at: rest.takeTop(1).origin, style: .faint, within: rect.columns)
    }

    /// What the span on show says; nil while that is too little.
    private func growth(_ subject: MemoryHistory.Subject) -> Growth? {
        Growth(
            of: subject, in: state.chronicle.memory, last: span.duration, until: snapshot.moment,
            interval: snapshot.interval,
            below: process.flatMap(snapshot.lowestLimit))
    }

    /// How sure the finding about this process is, if it is of the shape that is on show.
    private func confidence(_ growth: Growth) -> Finding.Confidence? {
        guard let process,
            state.verdicts.growth[process.id]?.growth.shape == growth.shape
        else { return nil }
        return state.verdicts.findings
            .first { $0.kind == .memoryGrowth && $0.subject == .process(process.id) }?.confidence
    }

    private func verdict(
        _ growth: Growth?, of subject: MemoryHistory.Subject
    ) -> [StyledText] {
        if let growth {
            return VerdictText.pieces(growth, outlook: process.map { outlook(growth, of: $0) })
        }
        let change = state.chronicle.memory.change(
            of: subject, last: span.duration, until: snapshot.moment)
        guard let change else { return [StyledText(missing, .faint)] }
        return [
            StyledText(
                "\(ByteChange(change.bytes).text) in \(change.covered.text);"
                    + " a verdict needs \(Growth.leastSpan.text)", .faint)
        ]
    }

    private func outlook(_ growth: Growth, of process: ProcessSample) -> MemoryOutlook {
        // The verdicts know whether the address space grows along.
        let verdicts = state.verdicts.growth
        let known = verdicts[process.id]?.limit
        let growsAlong = known == .addressSpace || known == .addressSpaceLimit
        return MemoryOutlook(
            growth: growth, of: process, in: snapshot, addressSpaceGrows: growsAlong,
            joint: verdicts.joint)
    }

    private var missing: String {
        switch subject {
        case .hostSwap:
            snapshot.host.memory?.swapTotal?.rawValue == 0
                ? "this machine has no swap" : "too early"
        case .hostShared: "too early"
        case .hostMemory:
            snapshot.host.memory?.available == nil
                ? "this kernel does not tell how much memory is available (before 3.14)"
                : "too early"
        case .process:
            process?.memory == nil && process != nil
                ? "its memory was not read yet, or it has none" : "not recorded"
        case nil: ""
        }
    }

    /// What the memory is made of, and what limits it.
    private var composition: String {
        guard let process else { return hostComposition }
        // The limit first: the end of the line may be cut.
        var facts = [limitText(of: process)]
        if let memory = process.memory {
            facts.append(Self.shares(memory))
            if let swap = memory.swap, swap.rawValue > 0 { facts.append("swap \(swap.text)") }
            if let peak = memory.peak { facts.append("peak \(peak.text)") }
        }
        if let uptime = snapshot.host.uptime {
            let start =
                Double(process.id.startTime.rawValue)
                / Double(Machine.current.units.ticksPerSecond)
            facts.append("up \(Duration.seconds(max(0, uptime - start)).text)")
        }
        return facts.joined(separator: "  ")
    }

    private static func shares(_ memory: MemoryUse) -> String {
        let parts = [("anon", memory.anonymous), ("file", memory.file), ("shm", memory.shared)]
        let all = parts.reduce(0.0) { $0 + Double($1.1?.rawValue ?? 0) }
        return parts.compactMap { name, bytes in
            guard let bytes, all > 0 else { return nil }
            return "\(name) \(Int((100 * Double(bytes.rawValue) / all).rounded()))%"
        }.joined(separator: " ")
    }

    private func limitText(of process: ProcessSample) -> String {
        switch snapshot.memoryLimits(of: process) {
        case .known(let groups):
            guard let group = groups.first, let limit = group.limit else {
                return "limit: host (no memory.max)"
            }
            return "limit: \(limit.text) of \(Self.shortened(group.path))"
        case .noGroup: return "limit: host (in no group)"
        case .notReadYet: return "limit: its cgroup was not read yet"
        case .notReadable(.notMounted): return "limit: host (no cgroups to be seen here)"
        case .notReadable(.outside): return "limit: not known (its cgroup lies outside of ours)"
        case .notReadable(.failed): return "limit: not known (its cgroup cannot be read)"
        }
    }

    /// The end of a path tells more than its beginning.
    private static func shortened(_ path: String) -> String {
        path.count <= 36 ? path : "..." + path.suffix(33)
    }

    private var hostComposition: String {
        guard let memory = snapshot.host.memory else { return "" }
        var text = "total \(memory.total.text)  available \(memory.available.text)"
        if memory.swapTotal?.rawValue != 0 {
            text += "  swap \(memory.swapTotal.text), free \(memory.swapFree.text)"
            text +=
                "  in \(snapshot.host.pagesSwappedIn.text) out \(snapshot.host.pagesSwappedOut.text) pages/s"
        } else {
            text += "  no swap"
        }
        if let kills = snapshot.host.oomKills { text += "  OOM kills since boot \(kills.total)" }
        return text
    }
}

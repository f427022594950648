import Diagnosis
import ProcFormats
import ProcSampling
import Screen
import Units

/// View 3: the curve of the selected process, what it says, then processes by how much they grew.
enum MemoryView {
    /// The verdict, and what the memory is made of.
    static let verdictLines = 2

    /// Rows for the curve with its time axis, where the screen has so many.
    static func curveHeight(rows: Int) -> Int {
        switch rows {
        case ..<14: 0
        case ..<20: 5
        case ..<30: 8
        default: rows / 3
        }
    }

    static func draw(_ state: State, into surface: inout Surface, _ layout: Layout) {
        guard let snapshot = state.shown else {
            surface.put("reading /proc ...", at: layout.summary.origin, style: .faint)
            return
        }
        var summary = layout.summary
        let title = summary.takeTop(1)
        let verdict = summary.takeBottom(min(verdictLines, summary.rows))
        let picture = MemoryPicture(state, snapshot)
        ListView.drawRule(picture.title, state, snapshot, into: &surface, in: title)
        if summary.rows >= 3 { picture.draw(into: &surface, in: summary) }
        picture.drawVerdict(into: &surface, in: verdict)
        ListView.draw(state, snapshot, into: &surface, layout)
    }
}

/// One curve with its words: of the selected process, of the machine's memory or of its swap.
struct MemoryPicture {
    private let state: State
    private let snapshot: Snapshot
    /// What is drawn; nil while nothing is selected.
    private let subject: MemoryHistory.Subject?
    private let process: ProcessSample?
    private let name: String?

    init(_ state: State, _ snapshot: Snapshot) {
        self.state = state
        self.snapshot = snapshot
        switch state.memory.subject {
        case .selection:
            let identity = state.selectedProcess
            subject = identity.map { .process($0) }
            process = snapshot.processes.first { $0.id == identity }
            // One that has ended, or that a recorded sample leaves out, has a curve all the same.
            let known = process ?? state.live?.processes.first { $0.id == identity }
            let ending = known == nil ? " (ended)" : ""
            name = identity.map {
                "\(known?.name ?? state.level.processName ?? "process") \($0.pid)\(ending)"
            }
        case .hostMemory: (subject, process, name) = (.hostMemory, nil, nil)
        case .hostSwap: (subject, process, name) = (.hostSwap, nil, nil)
        }
    }

    private var span: CurveSpan { state.memory.span(until: snapshot.moment) }

    var title: String {
        var title = "MEMORY "
        switch subject {
        case .process: title += (name ?? "-") + "  anon+swap"
        case .hostMemory: title += "host  used (total - available)"
        case .hostSwap: title += "host  swap in use"
        case nil: title += "-"
        }
        title += "  \(span.text)  y \(state.memory.isFitted ? "fitted" : "from 0")"
        for identity in state.memory.marked {
            guard let mark = state.memory.mark(of: identity),
                let name = snapshot.processes.first(where: { $0.id == identity })?.name
            else { continue }
            title += "  \(mark) \(name)"
        }
        return title
    }

    // MARK: Curve

    func draw(into surface: inout Surface, in rect: Rect) {
        guard let subject else { return }
        let points = max(1, rect.columns * (surface.glyphs == .braille ? 2 : 1))
        let curve = curve(of: subject, points: points)
        var chart = Chart(
            curve.values, scale: state.memory.isFitted ? .fitted : .fromZero(maximum: nil),
            restarts: curve.restarts, span: spanText, label: { Self.bytes($0).text })
        if case .selection = state.memory.subject {
            for identity in state.memory.marked {
                guard let mark = state.memory.mark(of: identity), .process(identity) != subject
                else { continue }
                let values = self.curve(of: .process(identity), points: points).values
                chart.overlays.append(Chart.Overlay(values, mark: mark, style: .accent))
            }
        }
        chart.draw(into: &surface, in: rect)
    }

    private func curve(of subject: MemoryHistory.Subject, points: Int) -> MemoryCurve {
        state.memory.history.curve(
            of: subject, last: span.duration, points: points, until: snapshot.moment)
    }

    /// "11:02-14:02", with seconds where it is short; of more than a day, how long ago it begins.
    private var spanText: String {
        let seconds = span.duration.components.seconds
        let offset = state.settings.secondsFromUTC
        let end = snapshot.time.clock(secondsFromUTC: offset)
        guard span < .day else { return "\(span.text) ago - \(end.prefix(5))" }
        let start = WallTime(seconds: snapshot.time.seconds - seconds).clock(secondsFromUTC: offset)
        return span <= .quarterHour ? "\(start)-\(end)" : "\(start.prefix(5))-\(end.prefix(5))"
    }

    private static func bytes(_ value: Double) -> ByteCount {
        ByteCount(UInt64(min(max(0, value), 1e18)))
    }

    // MARK: Words

    func drawVerdict(into surface: inout Surface, in rect: Rect) {
        var rest = rect
        guard rest.rows > 0 else { return }
        let line = rest.takeTop(1)
        let confidence = confidence
        let room = rect.columns - (confidence.map { $0.text.count + 1 } ?? 0)
        let pieces = subject.map(verdict) ?? [StyledText("nothing is selected", .faint)]
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

    /// How sure the finding about this process is.
    private var confidence: Finding.Confidence? {
        guard let process else { return nil }
        return state.findings
            .first { $0.kind == .memoryGrowth && $0.subject == .process(process.id) }?.confidence
    }

    /// The curve's shape and rate in the span on show, and when it ends.
    private func verdict(_ subject: MemoryHistory.Subject) -> [StyledText] {
        let change = state.memory.history.change(
            of: subject, last: span.duration, until: snapshot.moment)
        guard let change else { return [StyledText(missing, .faint)] }
        let curve = state.memory.history.curve(
            of: subject, last: min(span.duration, change.covered), points: 120,
            until: snapshot.moment)
        guard let growth = Growth(curve) else {
            return [
                StyledText(
                    "\(change.bytes.signedText) in \(change.covered.text); a verdict needs \(Growth.leastSpan.text)",
                    .faint)
            ]
        }
        return VerdictText.pieces(growth, outlook: process.map { outlook(growth, of: $0) })
    }

    private func outlook(_ growth: Growth, of process: ProcessSample) -> MemoryOutlook {
        // The book knows whether the address space grows along.
        if let known = state.shownVerdicts?.growth[process.id], known.limit != nil,
            known.growth.shape == growth.shape
        {
            return known
        }
        return MemoryOutlook(growth: growth, of: process, in: snapshot)
    }

    private var missing: String {
        switch subject {
        case .hostSwap: "this machine has no swap"
        case .hostMemory: "this kernel does not tell how much memory is available (before 3.14)"
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
        guard let group = snapshot.limitingGroups(of: process).first, let limit = group.limit else {
            return "limit: host" + (process.memoryGroup == nil ? "" : " (no memory.max)")
        }
        return "limit: \(limit.text) of \(Self.shortened(group.path))"
    }

    /// The end of a path tells more than its beginning.
    private static func shortened(_ path: String) -> String {
        path.count <= 36 ? path : "..." + path.suffix(33)
    }

    private var hostComposition: String {
        guard let memory = snapshot.host.memory else { return "" }
        var text = "total \(memory.total.text)  available \(memory.available.text)"
        if memory.swapTotal.rawValue > 0 {
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

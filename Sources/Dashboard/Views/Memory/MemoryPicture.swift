import History
import Diagnosis
import ProcFormats
import Samples
import Screen
import Units

/// One curve with its words: of the selected process, of the machine's memory or of its swap.
struct MemoryPicture {
    let state: State
    let snapshot: Snapshot
    /// What is drawn; nil while nothing is selected.
    let subject: MemoryHistory.Subject?
    let process: ProcessSample?
    private let name: String?

    init(_ state: State, _ snapshot: Snapshot) {
        self.state = state
        self.snapshot = snapshot
        switch state.memory.subject {
        case .selection:
            let identity = state.selectedProcess
            subject = identity.map { .process($0) }
            process = identity.flatMap(snapshot.process)
            // One that has ended, or that a recorded sample leaves out, has a curve all the same.
            let known = process ?? identity.flatMap { state.live?.process($0) }
            let ending = known == nil ? " (ended)" : ""
            name = identity.map {
                "\(known?.name ?? state.level.processName ?? "process") \($0.pid)\(ending)"
            }
        case .hostMemory: (subject, process, name) = (.hostMemory, nil, nil)
        case .hostSwap: (subject, process, name) = (.hostSwap, nil, nil)
        }
    }

    var span: CurveSpan {
        state.memory.span(recorded: state.chronicle.memory.recorded(until: snapshot.moment))
    }

    var title: String {
        var title = "MEMORY "
        switch subject {
        case .process: title += (name ?? "-") + "  anon+shm+swap"
        case .hostMemory: title += "host  used (total - available)"
        case .hostSwap: title += "host  swap in use"
        case .hostShared: title += "host  shared memory"
        case nil: title += "-"
        }
        title += "  \(span.text)  y \(state.memory.isFitted ? "fitted" : "from 0")"
        for mark in legend {
            // The other end of the line says how the list is sorted.
            guard title.count + mark.count < state.size.columns - 22 else { return title + " ..." }
            title += mark
        }
        return title
    }

    /// "  1 streamd": the marked processes by name, or by number where names are the same.
    private var legend: [String] {
        let names = state.memory.marked.map { identity in
            snapshot.process(identity)?.name
        }
        return zip(state.memory.marked, names).enumerated().map { index, marked in
            let (identity, name) = marked
            let isAlone = names.count { $0 == name } == 1
            return "  \(index + 1) " + (isAlone ? name ?? "\(identity.pid)" : "\(identity.pid)")
        }
    }

    // MARK: Curve

    func draw(into surface: inout Surface, in rect: Rect) {
        guard let subject else { return }
        let points = max(1, rect.columns * (surface.glyphs == .braille ? 2 : 1))
        let curve = curve(of: subject, points: points)
        var chart = Chart(
            curve.values, scale: state.memory.isFitted ? .fitted : .fromZero(maximum: nil),
            restarts: curve.restarts, span: spanText, label: { ByteCount(clamping: $0).text })
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
        state.chronicle.memory.curve(
            of: subject, last: span.duration, points: points, until: snapshot.moment)
    }

    /// "11:02-14:02", with seconds where it is short; of more than a day, how long ago it begins.
    var spanText: String {
        let seconds = span.duration.components.seconds
        let offset = state.settings.secondsFromUTC
        let end = snapshot.time.clock(secondsFromUTC: offset)
        guard span < .day else { return "\(span.text) ago - \(end.prefix(5))" }
        let start = WallTime(seconds: snapshot.time.seconds - seconds).clock(secondsFromUTC: offset)
        return span <= .quarterHour ? "\(start)-\(end)" : "\(start.prefix(5))-\(end.prefix(5))"
    }
}

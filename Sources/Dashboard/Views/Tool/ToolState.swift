import Probes
import Screen

/// The tools that a person started: one at a time is on show.
package struct ToolState: Sendable {
    /// The one on show, from its card until one goes back.
    package private(set) var current: ToolUse?
    /// How many were started; tells late output of an earlier one apart.
    private var runs = 0

    /// - Parameter width: columns for what is said besides a tool's own output.
    mutating func update(_ event: Event, at now: Duration, width: Int) {
        guard case .tool(let event, let run) = event, current?.run == run else { return }
        current?.take(event, at: now, width: width)
    }

    /// The one that holds its target.
    var running: ToolUse? { current?.isRunning == true ? current : nil }

    /// Shows the card of a tool.
    mutating func prepare(_ tool: Tool, for subject: ToolSubject, at now: Duration) {
        runs += 1
        current = ToolUse(tool: tool, subject: subject, run: runs, startsAt: now + ToolUse.cardTime)
    }

    /// Whether the card has stood for its time.
    func isDue(at now: Duration) -> Bool {
        if case .card(let startsAt) = current?.phase { startsAt <= now } else { false }
    }

    /// Changes what the card's tool is for.
    mutating func aim(at subject: ToolSubject) { current?.subject = subject }

    mutating func start(at now: Duration) -> [Effect] {
        current?.phase = .running(since: now, stopping: false)
        return current.map { [.startTool($0.tool, $0.subject.target, run: $0.run)] } ?? []
    }

    mutating func stop() -> [Effect] {
        guard case .running(let since, stopping: false) = current?.phase else { return [] }
        current?.phase = .running(since: since, stopping: true)
        return [.stopTool]
    }

    /// A tool lives as long as one looks at it.
    mutating func leave() -> [Effect] {
        defer { current = nil }
        return running == nil ? [] : [.stopTool]
    }

    /// Moves or searches through the output; false for other commands.
    mutating func scroll(_ command: Command, height: Int) -> Bool {
        let page = max(1, height - 1)
        switch command {
        case .move(let distance): current?.output.scroll(by: distance, height: height)
        case .movePages(let pages): current?.output.scroll(by: pages * page, height: height)
        case .first: current?.output.scrollToStart()
        case .last: current?.output.scrollToEnd()
        case .scrollSideways(let columns): current?.output.scroll(columns: columns)
        default: return false
        }
        return true
    }

    mutating func find(_ text: String, height: Int) { current?.output.find(text, height: height) }

    mutating func findNext(backward: Bool, height: Int) {
        current?.output.findNext(backward: backward, height: height)
    }

    /// When something on the screen changes by itself.
    func wakeAt(_ now: Duration) -> Duration? {
        switch current?.phase {
        case .card(let startsAt): min(startsAt, now + .seconds(1))
        case .running: now + .seconds(1)
        case .finished, nil: nil
        }
    }
}

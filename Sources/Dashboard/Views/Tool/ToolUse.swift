package import Probes
import Samples
package import Screen
import Units

/// What a tool is meant for, with its names for the screen.
package struct ToolSubject: Sendable, Hashable {
    package let target: ToolTarget
    /// "T4127 poll", "10.1.2.3".
    package let name: String
    /// Where it belongs: "streamd 2214"; of a peer, the namespace if that is not our own.
    package let owner: String?

    init(_ thread: ThreadTarget, name: String, processName: String) {
        target = .thread(thread)
        self.name = "T\(thread.thread.tid) \(name)"
        owner = "\(processName) \(thread.process.pid)"
    }

    init(_ peer: PeerTarget) {
        target = .peer(peer)
        name = peer.label
        owner = peer.namespace.flatMap { namespace in
            namespace.isOwn ? nil : "netns \(namespace.names.first ?? "\(namespace.id.rawValue)")"
        }
    }

    /// "T4127 poll (streamd 2214)".
    package var description: String { name + (owner.map { " (\($0))" } ?? "") }

    /// For the name of a file: "T4127".
    var shortName: String {
        switch target {
        case .thread(let thread): "T\(thread.thread.tid)"
        case .peer(let peer): "\(peer.address)"
        }
    }
}

/// One use of a tool: first its card, then its output as it comes, then how it ended.
package struct ToolUse: Sendable {
    package enum Phase: Sendable, Hashable {
        /// The card says what will happen; it does at this time unless one goes back.
        case card(startsAt: Duration)
        case running(since: Duration, stopping: Bool)
        case finished(ToolOutcome, after: Duration)
    }

    package let tool: Tool
    package var subject: ToolSubject
    package let run: Int
    package var phase: Phase
    package var output: Pager

    /// How long the card stands before the tool starts by itself: long enough to read it and to
    /// go back, short enough that the tool is three keys away.
    static let cardTime = Duration.seconds(3)

    init(tool: Tool, subject: ToolSubject, run: Int, startsAt: Duration) {
        self.tool = tool
        self.subject = subject
        self.run = run
        phase = .card(startsAt: startsAt)
        output = Pager()
    }

    package var isRunning: Bool {
        if case .running = phase { return true }
        return false
    }

    /// The commands it runs, as one would type them.
    package var commands: [String] { tool.command(for: subject.target).shellLines }
}

extension ToolUse {
    /// - Parameter width: columns for what is said besides the tool's own output.
    mutating func take(_ event: ToolEvent, at now: Duration, width: Int) {
        switch event {
        case .started:
            break
        case .output(let bytes):
            output.append(bytes)
        case .finished(let outcome):
            if case .failed(let reason, let remedy) = outcome.ending {
                for line in Wrapped.lines("! " + reason, width: width) { output.append(line) }
                for line in Wrapped.lines(remedy ?? "", width: width - 2) where !line.isEmpty {
                    output.append("  " + line)
                }
            }
            if let conclusion = outcome.conclusion, outcome.pathMTU != nil {
                for line in Wrapped.lines(conclusion, width: width) { output.append(line) }
            }
            // A report is read from its beginning; a trace is followed at its end.
            if tool.steps.count > 1 { output.scrollToStart() }
            var time = Duration.zero
            if case .running(let since, _) = phase { time = now - since }
            phase = .finished(outcome, after: time)
        }
    }

    /// The tool that `Enter` starts when this one has ended.
    var next: Tool? { tool.next.flatMap(ToolCatalogue.tool(withID:)) }

    /// What the prompt for a file begins with: "dxtop-strace-T4127-140214.txt".
    func suggestedFile(at time: String) -> String {
        "dxtop-\(tool.id)-\(subject.shortName)-\(time).txt"
    }

    /// What is saved: which command was run on what, all that is still kept of its output, and how
    /// it ended.
    var fileContents: [UInt8] {
        // A name may have a line feed: no line of a file is its owner's.
        func line(_ text: String) -> String { HarmlessText.line(text) }
        var lines = commands.map { "$ " + line($0) } + ["# " + line(subject.description)]
        if output.droppedLines > 0 {
            lines.append("# \(output.droppedLines) earlier lines dropped")
        }
        lines += output.lineNumbers.compactMap { output.line($0) }
        if case .finished(let outcome, _) = phase {
            lines += [outcome.conclusion, outcome.targetAfterwards].compactMap { $0 }
                .map { "# " + line($0) }
        }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }
}

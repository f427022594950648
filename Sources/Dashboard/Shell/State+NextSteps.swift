import Units
import Diagnosis
import Fields
import Probes
import Samples
import Screen

/// The next steps of findings, in keys: which ones do them from where one is.
extension State {
    /// "p: the function it burns the CPU in; Enter, then n: whether it makes system calls". What no
    /// key does is said with its command.
    func nextSteps(of finding: Finding) -> String {
        words(finding.next.filter { !isDone($0, finding) }) { keys(for: $0, of: finding) }
    }

    /// The same for what the view shows itself: a socket, a stage of the receive path.
    func nextSteps(_ steps: [NextStep]) -> String {
        words(steps) { keys(for: $0, on: subject) }
    }

    private func words(_ steps: [NextStep], keys: (NextStep) -> String?) -> String {
        steps.map { step in keys(step).map { "\($0): \(step.text)" } ?? step.advice }
            .joined(separator: "; ")
    }

    /// Shows already what the step leads to.
    private func isDone(_ step: NextStep, _ finding: Finding) -> Bool {
        guard place != .overview, case .view = step.kind, step.subject == finding.subject else {
            return false
        }
        return destination(of: finding).place == place
    }

    private func keys(for step: NextStep, of finding: Finding) -> String? {
        guard place == .overview else { return keys(for: step, on: subject) }
        if step == finding.way { return "Enter" }
        if let keys = keys(for: step, on: finding.subject) { return keys }
        let there = destination(of: finding).place
        guard let key = step.key(in: there) else { return nil }
        if step.subject == finding.subject { return "Enter, then \(key)" }
        if !there.view.isList, there.view.subject(self).acts(for: step) {
            return "Enter, then \(key)"
        }
        guard case .thread(let thread, of: let owner)? = step.subject, there == .threads(of: owner)
        else { return nil }
        return "Enter, then \(key) on T\(thread.tid)"
    }

    /// Those that do it from here, where keys act on a subject.
    private func keys(for step: NextStep, on subject: Subject?) -> String? {
        if case .view(let view) = step.kind,
            let keys = Self.keys(for: view, of: step.subject, at: place)
        {
            return keys
        }
        return subject.acts(for: step) ? step.key(in: place) : nil
    }

    /// Those that lead from a place to a view of the machine as a whole.
    private static func keys(
        for view: NextStep.View, of subject: Subject?, at place: Place
    ) -> String? {
        guard subject == nil || subject == .host else { return nil }
        guard let root = RootView.all.first(where: { $0.name == view.name.root })?.place else {
            return nil
        }
        var keys: [String] = []
        if place != root, let key = Keymap.keyName(of: .view(root), in: place) {
            keys.append(key)
        }
        if view.name == .losses, let key = Keymap.keyName(of: .losses, in: root) {
            keys.append(key)
        }
        if let sort = view.sort?.column {
            let title = root.view.columns.first { $0.id == sort }?.title ?? ""
            keys.append(Keymap.keyName(of: .sort(sort), in: root) ?? "sort by \(title)")
        }
        if let filter = view.filter { keys.append("/\(filter)") }
        return keys.isEmpty ? nil : keys.joined(separator: ", then ")
    }

    /// The commands of a shell for the selected finding, for `y`.
    var findingCommands: [ShellCommand] {
        (chosenFinding?.next ?? []).compactMap { step in
            step.command.map { ShellCommand($0, shows: step.text) }
        }
    }
}

extension Finding {
    /// The step that Enter takes: the first to a view of what the finding is about.
    var way: NextStep? {
        next.first { step in
            if case .view(let view) = step.kind {
                step.subject == subject && view.name != .mappings
            } else {
                false
            }
        }
    }
}

extension NextStep.View.Name {
    /// The view that a number key opens and from which it is reached, as `--view` takes it.
    fileprivate var root: String {
        switch self {
        case .swap: "memory"
        case .losses: "udp"
        default: rawValue
        }
    }
}

extension NextStep {
    fileprivate func key(in place: Place) -> String? {
        dashboardCommand.flatMap { Keymap.keyName(of: $0, in: place) }
    }

    /// What a key asks for that does it; nil where none does.
    private var dashboardCommand: Command? {
        switch kind {
        case .probe(let probe): ProbeKind.all.first { $0.id == probe.rawValue }.map(Command.probe)
        case .tool: .toolMenu
        case .view(let view):
            switch view.name {
            // Of the process whose curve is on show.
            case .mappings: .open
            case .sockets: .sockets
            // Of who holds a socket.
            case .threads: .ownerThreads
            default: nil
            }
        case .setting, .command, .change: nil
        }
    }
}

extension Subject? {
    /// Whether a key that acts on this does the step.
    fileprivate func acts(for step: NextStep) -> Bool { self?.acts(for: step) ?? false }
}

extension Subject {
    /// Whether a key that acts on this does the step.
    fileprivate func acts(for step: NextStep) -> Bool {
        switch step.kind {
        case .probe(.stacks), .probe(.faults): process != nil && process == step.subject?.process
        case .view(let view):
            // Mappings are opened from the curve alone.
            view.name != .mappings && process != nil && process == step.subject?.process
        default: self == step.subject
        }
    }
}

extension NextStep.View.Sort {
    var column: FieldID {
        switch self {
        case .cpu: .cpu
        case .faults: "faults"
        case .anonymous: .anonymous
        case .receiveQueue: .receiveQueue
        case .retransmits: .retransmits
        }
    }
}

extension Keymap {
    /// What the first key of a command is called there: "p", "Enter", "F6"; nil where it has none.
    fileprivate static func keyName(of command: Command, in place: Place) -> String? {
        bindings(for: place).first { $0.command == command }?.keys.first?.name
    }
}

extension Key {
    fileprivate var name: String {
        switch self {
        case .character(" "): "Space"
        case .character(let character): String(character)
        case .enter: "Enter"
        case .escape: "Esc"
        case .backspace: "Backspace"
        case .delete: "Del"
        case .tab: "Tab"
        case .up: "Up"
        case .down: "Down"
        case .left: "Left"
        case .right: "Right"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .home: "Home"
        case .end: "End"
        case .function(let number): "F\(number)"
        case .control(let letter): "Ctrl-\(letter.uppercased())"
        }
    }
}

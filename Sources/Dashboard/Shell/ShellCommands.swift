import Units
import Probes
import Samples

/// A shell command that shows what the screen shows.
package struct ShellCommand: Sendable, Hashable {
    package let command: String
    package let shows: String

    init(_ command: String, shows: String) {
        self.command = command
        self.shows = shows
    }

    /// The same view, by dxtop without a terminal.
    static func watch(_ view: String) -> ShellCommand {
        ShellCommand("dxtop watch \(view) --count 1", shows: "this view as text")
    }
}

/// `y`: how one would see the same with the tools of any box.
extension State {
    func shellCommands() -> [ShellCommand] { place.view.shellCommands(self) }

    /// What comes before a command so that it runs in the namespace on show.
    var enter: String {
        guard let namespace = shownNetwork?.namespace, !namespace.isOwn else { return "" }
        if let name = namespace.names.first { return "ip netns exec \(name.shellWord) " }
        return namespace.process.map { "nsenter -t \($0.pid) -n " } ?? ""
    }

    /// The same for dxtop.
    var inNamespace: String {
        guard let namespace = shownNetwork?.namespace, !namespace.isOwn else { return "" }
        if let name = namespace.names.first { return " --netns \(name.shellWord)" }
        return namespace.process.map { " --netns \($0.pid)" } ?? ""
    }
}

import Probes
import Screen

/// What is typed on the bottom line.
extension State {
    mutating func type(_ key: Key) -> [Effect] {
        guard var prompt = dialogue.prompt else { return [] }
        switch key {
        case .escape:
            if case .filter(let before) = prompt.purpose { list.filter = before }
            dialogue.prompt = nil
            return []
        case .enter:
            dialogue.prompt = nil
            return finish(prompt)
        default:
            _ = prompt.field.handle(key)
            dialogue.prompt = prompt
            // Rows answer while one types.
            if case .filter = prompt.purpose {
                list.filter = prompt.field.text
                list.heldUntil = nil
                list.scroll = 0
            }
            return []
        }
    }

    private mutating func finish(_ prompt: Prompt) -> [Effect] {
        let text = prompt.field.text
        switch prompt.purpose {
        case .filter:
            list.filter = text
        case .interval:
            return setInterval(text)
        case .command:
            if ["q", "q!", "quit"].contains(text) { return [.quit] }
            if !text.isEmpty { say(":\(text) is not a command; there is :q", isFailure: true) }
        case .routeTo:
            setRouteTo(text)
        case .search:
            guard !text.isEmpty else { break }
            tools.find(text, height: layout.outputHeight)
            sayIfNotFound()
        case .mute(let id):
            mute(id, because: text)
        case .save:
            guard !text.isEmpty else { return [] }
            return place.view.save(to: absolute(text), self)
        }
        return []
    }

    /// The shortest and longest refresh that make sense: below, sampling is all one sees.
    package static let intervals = 0.2...3600.0

    private mutating func setInterval(_ text: String) -> [Effect] {
        guard !text.isEmpty else { return [] }
        guard let seconds = Double(text), Self.intervals.contains(seconds) else {
            say("the refresh interval is a number of seconds from 0.2 to 3600", isFailure: true)
            return []
        }
        interval = .milliseconds(Int64((seconds * 1000).rounded()))
        return [.setInterval(interval)]
    }

    /// As a shell would have it, `~` included; nothing else is expanded.
    private func absolute(_ path: String) -> String {
        if let home = settings.homeDirectory, path == "~" || path.hasPrefix("~/") {
            return home + path.dropFirst()
        }
        return path.hasPrefix("/") ? path : settings.directory + "/" + path
    }
}

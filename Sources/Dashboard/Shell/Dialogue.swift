import Diagnosis
package import Fields
package import Probes
import Screen

/// What lies over the view: a box or a line that takes the keys, and a sentence that goes by itself.
package struct Dialogue: Sendable {
    /// What lies over the view and takes the keys.
    package internal(set) var overlay: Overlay?
    /// What is being typed, on the bottom line.
    var prompt: Prompt?
    private(set) var notice: Notice?

    /// A sentence stands until its time is over or a key is pressed.
    mutating func update(_ event: Event, at now: Duration) {
        switch event {
        case .key: notice = nil
        case .saved(let message, let failed): say(message, isFailure: failed, at: now)
        default: break
        }
        if let notice, notice.until <= now { self.notice = nil }
    }

    mutating func say(_ text: String, isFailure: Bool, at now: Duration) {
        notice = Notice(text: text, isFailure: isFailure, until: now + .seconds(isFailure ? 8 : 4))
    }

    mutating func ask(_ purpose: Prompt.Purpose, _ text: String = "") {
        prompt = Prompt(purpose: purpose, field: TextField(text))
    }

    /// Whether rows are being filtered right now.
    var isFiltering: Bool { if case .filter = prompt?.purpose { true } else { false } }
}

/// A box over the view that takes all keys until it is closed.
package enum Overlay: Sendable, Hashable {
    case help(scroll: Int)
    case toolMenu(selected: Int, ToolSubject, [ProbeChoice])
    case sortMenu(selected: FieldID)
    case namespaceMenu(selected: Int)
    /// Shell commands to copy, with what each shows.
    case commands([ShellCommand])
    /// What changes the machine or holds the target up, and is done only after a yes.
    case offers([ProbeOffer], selected: Int)
    case quitQuestion
}

/// A line of text being typed.
struct Prompt: Sendable {
    enum Purpose: Sendable, Hashable {
        case filter(before: String)
        case interval
        case command
        case routeTo
        case search
        case save
        case mute(FindingID)
    }

    let purpose: Purpose
    var field: TextField
}

/// A sentence on the bottom line that goes by itself.
struct Notice: Sendable, Hashable {
    let text: String
    let isFailure: Bool
    let until: Duration
}

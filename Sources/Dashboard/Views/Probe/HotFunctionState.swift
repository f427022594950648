import Probes
import Units

/// The sampling that names, in the column WHERE, the functions that burn CPU.
package struct HotFunctionState: Sendable {
    /// A person wants it.
    package private(set) var isOn = false
    /// The latest that it told; nil while it is off or has not told yet.
    private(set) var latest: HotFunctions?

    mutating func take(_ functions: HotFunctions) {
        guard isOn else { return }
        latest = functions
        if functions.refusal != nil { isOn = false }
    }

    /// Before the first picture; whoever shows that starts the sampling, too.
    package mutating func turnOn() { isOn = true }

    /// - Returns: whether it is on now.
    mutating func toggle() -> Bool {
        isOn.toggle()
        latest = nil
        return isOn
    }

    subscript(thread: ThreadID) -> HotFunction? { isOn ? latest?.functions[thread] : nil }

    /// For the rule above a list: what it costs.
    var text: String? {
        guard isOn else { return nil }
        guard let latest else { return "WHERE: sampling ..." }
        return "WHERE: \(latest.frequency) Hz, \(latest.cost.text)% of a CPU"
    }
}

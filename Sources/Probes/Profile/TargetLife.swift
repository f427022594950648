import ProcFormats
import ProcReading
import Samples
import Units

/// Whether a target is still there, and still the same.
struct TargetLife {
    let target: ProbeTarget

    init(of target: ProbeTarget) { self.target = target }

    /// As the screen names it: "T4127", "process 2214".
    var label: String {
        switch target {
        case .thread(let target): target.label
        case .process(let process): "process \(process.pid)"
        case .host: "the host"
        }
    }

    var hasEnded: Bool {
        switch target {
        case .thread(let target): !TaskHandle(target.thread, of: target.process.pid).isAlive
        case .process(let process): !TaskHandle(process).isAlive
        case .host: false
        }
    }

    func check() throws(ProbeRefusal) {
        if hasEnded { throw ProbeRefusal("\(label) has ended") }
    }
}

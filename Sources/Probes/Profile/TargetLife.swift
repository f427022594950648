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

    /// That it is there, and that the kernel knows it by the number it has in /proc: that of another
    /// pid namespace names another process for system calls, or none.
    func check() throws(ProbeRefusal) {
        if target != .host, let root = try? ProcRoot(), root.isProcfs, !root.isLive {
            throw ProbeRefusal(
                "\(label) is not of this pid namespace: \(ProcPath.root) is that of another one",
                remedy: "run dxtop where \(ProcPath.root) and the numbers agree")
        }
        if hasEnded { throw ProbeRefusal("\(label) has ended") }
    }
}

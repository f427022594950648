import ProcFormats
import ProcSampling
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
        case .thread(let target):
            let path = "/proc/\(target.process.pid)/task/\(target.thread.tid)/stat"
            guard let stat = Self.stat(path) else { return true }
            return stat.startTime != target.thread.startTime || stat.state.isOver
        case .process(let process):
            guard let stat = Self.stat("/proc/\(process.pid)/stat") else { return true }
            // The first thread may end before the others.
            return stat.startTime != process.startTime
                || (stat.state.isOver && stat.threadCount <= 1)
        case .host: return false
        }
    }

    func check() throws(ProbeRefusal) {
        if hasEnded { throw ProbeRefusal("\(label) has ended") }
    }

    private static func stat(_ path: String) -> TaskStat? {
        guard let bytes = try? smallFile(path) else { return nil }
        return try? TaskStat(parsing: bytes.span)
    }
}

extension TaskState {
    fileprivate var isOver: Bool { self == .zombie || self == .dead }
}

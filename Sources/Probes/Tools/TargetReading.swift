package import ProcFormats
import ProcReading
import Samples
package import Units

/// The state of a tool's target thread at one moment, read just before the start and after the end.
package struct TargetReading: Sendable, Hashable {
    package var startTime: ClockTicks
    package var state: TaskState
    /// User and system time.
    package var cpuTime: ClockTicks
    package var isKernelThread: Bool
    package var user: UserID
    package var tracer: Tracer?

    package struct Tracer: Sendable, Hashable {
        package var pid: ProcessID
        /// Its `comm`; nil if it could not be read.
        package var name: String?

        package init(pid: ProcessID, name: String?) {
            self.pid = pid
            self.name = name
        }
    }

    package init(
        startTime: ClockTicks, state: TaskState = .running, cpuTime: ClockTicks = ClockTicks(0),
        isKernelThread: Bool = false, user: UserID = UserID(0), tracer: Tracer? = nil
    ) {
        self.startTime = startTime
        self.state = state
        self.cpuTime = cpuTime
        self.isKernelThread = isKernelThread
        self.user = user
        self.tracer = tracer
    }

    /// Reads `task/TID/stat` and `status`; nil when no such thread is there.
    package static func read(_ target: ThreadTarget) -> TargetReading? {
        let task = TaskHandle(target.thread.tid, of: target.process.pid)
        guard let stat = task.stat, let cpuTime = stat.cpuTime, let status = task.status,
            let user = status.realUser
        else { return nil }
        return TargetReading(
            startTime: stat.startTime, state: stat.state,
            cpuTime: cpuTime, isKernelThread: stat.isKernelThread, user: user,
            tracer: status.tracer.map { Tracer(pid: $0, name: TaskHandle($0).nameText) })
    }

    var isHalted: Bool { state == .stopped || state == .traced }
}

extension TargetReading.Tracer: CustomStringConvertible {
    /// "812 (gdb)"
    package var description: String { name.map { "\(pid) (\($0))" } ?? "\(pid)" }
}

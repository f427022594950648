import ProcFormats
import Samples
import Units

extension ThreadTarget {
    /// Measures how a tool left its target, in a sentence.
    ///
    /// The kernel lets a target go when its tracer is gone, a moment later than the tracer's
    /// parent learns of that: wait for it, half a second at most.
    func afterwards(before: TargetReading?) async -> String {
        var now = TargetReading.read(self)
        for _ in 0..<50 {
            guard let reading = now, reading.tracer != nil || reading.isHalted,
                reading.isHalted != before?.isHalted || reading.tracer != before?.tracer
            else { break }
            try? await Task.sleep(for: .milliseconds(10))
            now = TargetReading.read(self)
        }
        guard let now else { return "\(label) has ended" }
        guard now.startTime == thread.startTime else {
            return "\(label) has ended: its number belongs to another thread now"
        }
        if let tracer = now.tracer { return "\(label) is traced by \(tracer)" }
        if now.isHalted {
            return before?.isHalted == true
                ? "\(label) is stopped, as it was before"
                : "\(label) is stopped: kill -CONT \(process.pid) lets it run on"
        }
        return "\(label) runs on, untraced"
    }
}

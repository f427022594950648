package import ProcSampling
package import Units

extension History {
    /// For how long a thread has used at least so much of a CPU without a break, up to now and as
    /// far back as the recording reaches; zero if it does not now.
    package func duration(of thread: ThreadIdentity, above threshold: Percent) -> Duration {
        let curve = cpuCurve(of: thread)
        guard let end = curve.last?.time else { return .zero }
        var start = end
        for reading in curve.reversed() {
            guard let cpu = reading.cpu, cpu >= threshold else { break }
            start = reading.time
        }
        return .seconds(end.seconds - start.seconds)
    }
}

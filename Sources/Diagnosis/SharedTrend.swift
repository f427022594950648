internal import Samples
internal import Units

/// Which part of a process's growth is shared memory: others may map the same pages, so it is not this
/// process's alone.
struct SharedTrend: Sendable {
    private var first: (used: UInt64, shared: UInt64)?
    /// From 0 to 1.
    private(set) var share = 0.0

    /// Growth that says something.
    static let leastGrowth: UInt64 = 4 << 20

    mutating func add(_ process: ProcessSample) {
        guard let used = process.memory?.undroppable?.rawValue,
            let shared = process.memory?.shared?.rawValue
        else { return }
        // What shrank since begins anew.
        guard let first, used >= first.used, shared >= first.shared else {
            return self.first = (used, shared)
        }
        guard used - first.used >= Self.leastGrowth else { return }
        share = min(1, Double(shared - first.shared) / Double(used - first.used))
    }
}

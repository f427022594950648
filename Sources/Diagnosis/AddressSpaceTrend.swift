internal import Samples
internal import Units

/// Whether a process's address space grows with the memory it uses, or whether that memory was
/// mapped long before.
struct AddressSpaceTrend: Sendable {
    private var first: (used: UInt64, mapped: UInt64)?
    private(set) var growsAlong = false

    /// Growth that says something: mappings come in larger pieces than pages are touched.
    static let leastGrowth: UInt64 = 16 << 20

    mutating func add(_ process: ProcessSample) {
        guard let used = process.memory?.undroppable?.rawValue,
            let mapped = process.memory?.addressSpace?.rawValue
        else { return }
        guard let first else { return self.first = (used, mapped) }
        // Half of it or more was newly mapped. What shrank since begins anew.
        if used < first.used || mapped < first.mapped {
            self.first = (used, mapped)
        } else if used - first.used >= Self.leastGrowth {
            growsAlong = mapped - first.mapped >= (used - first.used) / 2
        }
    }
}

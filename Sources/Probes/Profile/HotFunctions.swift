package import Units

/// The function in which each thread that burns CPU in user space burns it: what the column WHERE
/// names while it is on.
package struct HotFunctions: Hashable, Sendable {
    /// Of threads with samples in user mode lately.
    package var functions: [ThreadID: HotFunction]
    /// What the sampling costs by now: our own work and the interrupts, as a share of one CPU.
    package var cost: Percent
    /// Samples a second and CPU at which the kernel is asked for them now. It goes down by itself
    /// where the cost would exceed `mostCost`.
    package var frequency: Int
    /// Why there are none, and what would help; nil while it works.
    package var refusal: ProbeRefusal?

    package static let mostCost = Percent(1.0)

    package init(
        functions: [ThreadID: HotFunction] = [:], cost: Percent = .zero, frequency: Int,
        refusal: ProbeRefusal? = nil
    ) {
        self.functions = functions
        self.cost = cost
        self.frequency = frequency
        self.refusal = refusal
    }
}

package struct HotFunction: Hashable, Sendable {
    package var frame: CodeFrame
    /// Of the thread's samples of the last seconds, those in this function.
    package var share: Percent
    package var samples: Int

    package init(frame: CodeFrame, share: Percent, samples: Int) {
        self.frame = frame
        self.share = share
        self.samples = samples
    }
}

/// A way to learn of a target's system calls, from its making to its end.
protocol CallSource: AnyObject {
    var method: SystemCallCount.Method { get }
    /// What it costs while it is on, and what else there is to know by now; a sentence each.
    var notes: [String] { get }
    /// Intrusive sources that tell more, for those who accept what they do.
    var offers: [ProbeOffer] { get }
    /// Collects until then, or until `stop` is raised. False once the target has ended.
    func collect(until moment: ContinuousClock.Instant, unless stop: StopSign) -> Bool
    /// What was found since the beginning.
    func tally() -> CallTally
    /// Lets go of the target, and of all that costs.
    func end()
}

extension StopSign {
    /// Sleeps until it is raised, or until then. Whether it is raised.
    @discardableResult
    func wait(until moment: ContinuousClock.Instant) -> Bool {
        wait(atMost: max(.zero, moment - .now))
    }
}

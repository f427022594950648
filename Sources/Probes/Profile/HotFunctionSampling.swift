/// Samples the whole machine at a low rate, on a thread of its own, until it is stopped.
package final class HotFunctionSampling: Sendable {
    private let stopSign = StopSign()

    private init() {}

    /// Starts; `report` is called about once a second, from that thread. After a refusal it has ended.
    package static func start(
        report: @escaping @Sendable (HotFunctions) -> Void
    ) -> HotFunctionSampling {
        let sampling = HotFunctionSampling()
        report(HotFunctions(frequency: 0, refusal: ProbeRefusal("not built yet")))
        return sampling
    }

    package func stop() { stopSign.raise() }
}

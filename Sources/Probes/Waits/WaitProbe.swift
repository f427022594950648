/// Placeholder until this part lands.
struct WaitProbe: Probe {
    let request: WaitRequest

    init(_ request: WaitRequest) { self.request = request }

    func run(
        until stop: StopSign, report: (ProbeReading) -> Void
    ) throws(ProbeRefusal) -> ProbeReading {
        throw ProbeRefusal("not built yet")
    }
}

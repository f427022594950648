/// Placeholder until this part lands.
struct StacksProbe: Probe {
    let request: StacksRequest

    init(_ request: StacksRequest) { self.request = request }

    func run(
        until stop: StopSign, report: (ProbeReading) -> Void
    ) throws(ProbeRefusal) -> ProbeReading {
        throw ProbeRefusal("not built yet")
    }
}

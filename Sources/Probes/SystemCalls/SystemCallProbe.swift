/// Placeholder until this part lands.
struct SystemCallProbe: Probe {
    let request: SystemCallRequest

    init(_ request: SystemCallRequest) { self.request = request }

    func run(
        until stop: StopSign, report: (ProbeReading) -> Void
    ) throws(ProbeRefusal) -> ProbeReading {
        throw ProbeRefusal("not built yet")
    }
}

/// Placeholder until this part lands.
struct ProfileProbe: Probe {
    let request: ProfileRequest

    init(_ request: ProfileRequest) { self.request = request }

    func run(
        until stop: StopSign, report: (ProbeReading) -> Void
    ) throws(ProbeRefusal) -> ProbeReading {
        throw ProbeRefusal("not built yet")
    }
}

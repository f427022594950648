/// Counters of the protocols as nstat (iproute2) tells of them: `UdpRcvbufErrors`.
struct Nstat {
    private let counters: JSON

    /// Since the namespace was made.
    static func measure(in namespace: NetworkNamespace? = nil) async throws -> Nstat {
        // a: absolute values, s: no file of earlier ones, z: zeros too.
        let program = Program(path: "/usr/bin/nstat", arguments: ["-aszj"])
        let document = try JSON(parsing: try await run(program.inside(namespace)).output)
        return Nstat(counters: document["kernel"] ?? .null)
    }

    /// Nil where this kernel does not count it.
    subscript(_ name: String) -> Double? { counters[name]?.number }
}

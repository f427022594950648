package import Samples
internal import Units

/// Something on the path to a peer lets less through than the interface at its beginning.
package struct PathMTU: Detector {
    static let kind: FindingKind = .pathMTU

    func findings(in input: DiagnosisInput) -> [Finding] {
        input.paths.values.compactMap(Self.finding)
    }

    /// - Returns: nil if all that the interface allows comes through, or if it is not known.
    package static func finding(_ result: PathMTUResult) -> Finding? {
        guard result.isBelowInterface == true, let pathMTU = result.pathMTU,
            let payload = result.datagramPayload, let interfaceMTU = result.interfaceMTU
        else { return nil }
        let interface = result.interfaceName ?? "the interface"
        let isTold = result.isICMPReported
        let teller = result.reporter.map { "the router \($0)" } ?? "the kernel, which learnt it,"
        return Finding(
            kind: .pathMTU, subject: .peer(result.peer), severity: .warning,
            // Two signals where what is said is also what comes through. Silence alone is none: many
            // hosts and firewalls leave long pings without an answer.
            confidence: isTold ? .high : .low,
            claim: "path MTU to \(result.peer) is \(pathMTU) bytes, \(interface) allows"
                + " \(interfaceMTU)"
                + (isTold
                    ? ""
                    : ": longer packets are dropped silently, or longer pings are not answered"),
            evidence: [
                "a ping of \(pathMTU) bytes that may not be fragmented is answered",
                isTold
                    ? "\(teller) reports longer ones as too big"
                    : "one of \(pathMTU + 1) bytes is not, and no ICMP message says why: a black hole, or a filter of long pings",
            ],
            next: next(result, payload: payload, isTold: isTold),
            since: result.time)
    }

    private static func next(
        _ result: PathMTUResult, payload: Int, isTold: Bool
    ) -> [NextStep] {
        let keep = "keep UDP payloads at or below \(payload) bytes, or "
        let route = NextStep.view(.routes, of: .peer(result.peer), "the route to it")
        if isTold {
            return [
                .change(
                    keep + "let them be fragmented, each lost fragment loses all of a datagram"),
                route,
            ]
        }
        return [
            .change(keep + "let ICMP \"\(tooLong(result))\" pass on the path"),
            .setting("net.ipv4.tcp_mtu_probing", to: "1", "for TCP"), route,
        ]
    }

    private static func tooLong(_ result: PathMTUResult) -> String {
        result.peer.isV6 ? "packet too big" : "fragmentation needed"
    }
}

extension FindingKind {
    package static let pathMTU = FindingKind("path_mtu", of: .network)
}

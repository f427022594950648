import Diagnosis
import ProcSampling
import Testing
import Units

@Suite struct PathMTUTests {
    private func result(
        _ pathMTU: Int?, of interface: Int? = 1500, isReported: Bool = false, isExact: Bool = true,
        _ address: IPAddress = IPAddress(v4: 0x0A01_0203)
    ) -> PathMTUResult {
        PathMTUResult(
            peer: address, answersAtAll: pathMTU != nil, pathMTU: pathMTU, isExact: isExact,
            isICMPReported: isReported,
            reporter: isReported ? IPAddress(v4: 0x0A01_0001) : nil, interfaceName: "veth0",
            interfaceMTU: interface, time: MadeMachine.time(500))
    }

    @Test func onlyAWayThatIsNarrowerThanItsBeginningIsFound() {
        #expect(PathMTU.finding(result(1500)) == nil)
        #expect(PathMTU.finding(result(1499)) != nil)
        #expect(PathMTU.finding(result(nil)) == nil, "no answer is no finding")
        #expect(PathMTU.finding(result(1400, of: nil)) == nil)
        #expect(PathMTU.finding(result(1400, isExact: false)) == nil, "it may be more")
        #expect(PathMTU.finding(result(65535, of: 65536)) == nil, "no packet is longer")
    }

    @Test func whatARouterSaysIsSure() throws {
        let finding = try #require(PathMTU.finding(result(1400, isReported: true)))
        #expect(finding.kind == .pathMTU && finding.severity == .warning)
        #expect(finding.confidence == .high)
        #expect(finding.subject == .peer(IPAddress(v4: 0x0A01_0203)))
        #expect(finding.claim == "path MTU to 10.1.2.3 is 1400 bytes, veth0 allows 1500")
        #expect(finding.evidence.contains { $0.contains("10.1.0.1 reports") })
        #expect(finding.advice.contains("at or below 1372 bytes"))
        #expect(finding.since == MadeMachine.time(500))
    }

    @Test func silenceMayBeAFilterOfLongPings() throws {
        let finding = try #require(PathMTU.finding(result(1400)))
        #expect(finding.confidence == .low)
        #expect(finding.claim.contains("are dropped silently, or longer pings are not answered"))
        #expect(finding.advice.contains("fragmentation needed"))
    }

    @Test func headersOfVersion6AreLonger() throws {
        let address = IPAddress(high: 0xFD00 << 48, low: 1)
        let finding = try #require(PathMTU.finding(result(1400, address)))
        #expect(finding.advice.contains("at or below 1352 bytes"))
        #expect(finding.advice.contains("packet too big"))
    }
}

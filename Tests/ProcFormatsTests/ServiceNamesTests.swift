import ProcFormats
import Testing

struct ServiceNamesTests {
    private func parse(_ text: String) -> ServiceNames {
        ServiceNames(parsing: Array(text.utf8).span)
    }

    @Test func knowsPortsByCarrier() {
        let names = parse(
            """
            # Network services, Internet style
            domain\t\t53/tcp\t\t\t# Domain Name Server
            domain\t\t53/udp
            http\t\t80/tcp\t\twww\t# WorldWideWeb HTTP
            gelf 12201/udp graylog
            first 99/tcp
            second 99/tcp

            """)
        #expect(names[53, .udp] == "domain")
        #expect(names[80, .tcp] == "http")
        #expect(names[80, .udp] == nil)
        #expect(names[12201, .udp] == "gelf")
        #expect(names[99, .tcp] == "first")
    }

    @Test func leavesOutWhatIsNoService() {
        let names = parse(
            "x\ny 70000/tcp\nz -1/tcp\nw +5/udp\nv 7/sctp\nu 8/\n#c 9/tcp\nlast 10/udp")
        #expect(names[5, .udp] == nil)
        #expect(names[7, .tcp] == nil && names[7, .udp] == nil)
        #expect(names[9, .tcp] == nil)
        #expect(names[10, .udp] == "last")
    }
}

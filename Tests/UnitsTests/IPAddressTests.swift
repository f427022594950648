import Testing
import Units

struct IPAddressTests {
    @Test(arguments: [
        ("10.0.3.7", "10.0.3.7"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
        ("::", "::"), ("::1", "::1"), ("fe80::", "fe80::"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:DB8::2", "2001:db8::2"),
        ("1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"), ("::ffff:10.0.0.1", "::ffff:10.0.0.1"),
        ("::ffff:a00:1", "::ffff:10.0.0.1"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
    ])
    func readsAndWrites(text: String, written: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == written)
        #expect(IPAddress(address.description) == address)
    }

    @Test(arguments: [
        "", "10.0.3", "10.0.3.256", "10.0.3.-1", "10.0.3.+1", ":", ":1", "1:", ":::", "1::2::3",
        "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8:9", "12345::", "g::", "::+1",
        "1:2:3:4:5:6:7:", "::1.2.3.4:5", "fe80::1%eth0",
    ])
    func refuses(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func tellsKindsApart() throws {
        let mapped = try #require(IPAddress("::ffff:127.0.0.1"))
        #expect(mapped.isMappedV4 && mapped.isLoopback && mapped.isV6)
        #expect(mapped.unmapped == IPAddress(v4: 0x7F00_0001))
        #expect(mapped.bytes.suffix(4) == [127, 0, 0, 1] && mapped.bytes.count == 16)
        #expect(IPAddress(v4: 0x0A00_0307).bytes == [10, 0, 3, 7])
        #expect(IPAddress(v4: 0).isUnspecified && IPAddress(high: 0, low: 0).isUnspecified)
        #expect(!IPAddress(v4: 0x0A00_0307).isLoopback)
    }
}

import Testing
import Units

@Suite("Ticks and pages")
struct SystemInfoTests {
    let usual = SystemInfo(pageSize: ByteCount(4096))

    @Test func ticks() {
        #expect(usual.nanoseconds(ClockTicks(0)) == Nanoseconds(0))
        #expect(usual.nanoseconds(ClockTicks(1)) == Nanoseconds(10_000_000))
        #expect(usual.nanoseconds(ClockTicks(12_345)) == Nanoseconds(123_450_000_000))
        #expect(usual.nanoseconds(ClockTicks(.max)) == Nanoseconds(.max))
        let odd = SystemInfo(pageSize: ByteCount(65_536), ticksPerSecond: 1024)
        #expect(odd.nanoseconds(ClockTicks(1536)) == Nanoseconds(1_500_000_000))
    }

    @Test func pages() {
        #expect(usual.bytes(PageCount(3)) == ByteCount(12_288))
        #expect(usual.bytes(PageCount(.max)) == ByteCount(.max))
        let large = SystemInfo(pageSize: ByteCount(65_536))
        #expect(large.bytes(PageCount(2)) == ByteCount(131_072))
    }
}

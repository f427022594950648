import Testing
import Units

@Suite("Figures for people")
struct TextTests {
    @Test(
        "percent",
        arguments: [
            (0, "0.0"), (0.04, "0.0"), (0.05, "0.1"), (0.25, "0.3"), (8.2, "8.2"), (99.8, "99.8"),
            (99.94, "99.9"), (99.96, "100"), (100, "100"), (100.5, "101"), (131.2, "131"),
            (999.96, "1000"), (6400, "6400"), (-0.04, "0.0"), (-2.5, "-2.5"), (.nan, "-"),
            (.infinity, "-"),
        ] as [(Float, String)])
    func percent(value: Float, expected: String) {
        #expect(Percent(value).text == expected)
    }

    @Test("a percentage to 9999 never takes more than four columns")
    func percentWidth() {
        for thousandths in 0..<9_999_400 where thousandths % 37 == 0 {
            let text = Percent(Double(thousandths) / 1000).text
            #expect(text.utf8.count <= 4, "\(thousandths): \(text)")
        }
    }

    @Test(
        "rate",
        arguments: [
            (0, "0"), (0.01, "0.0"), (0.5, "0.5"), (0.96, "1"), (1.5, "1.5"), (5.98, "6"),
            (9.94, "9.9"), (9.96, "10"), (412, "412"), (999.4, "999"), (999.5, "1.0k"),
            (8100, "8.1k"), (9960, "10k"), (81_234, "81k"), (999_499, "999k"), (999_500, "1.0M"),
            (2.5e9, "2.5G"), (3e12, "3.0T"), (1e30, ">999T"), (-1.5, "-1.5"), (.nan, "-"),
            (.infinity, "-"),
        ] as [(Float, String)])
    func rate(value: Float, expected: String) {
        #expect(Rate(value).text == expected)
    }

    @Test("a rate never takes more than four columns")
    func rateWidth() {
        var value = 0.001
        while value < 9e14 {
            let text = Rate(value).text
            #expect(text.utf8.count <= 4, "\(value): \(text)")
            value *= 1.0037
        }
    }

    @Test(
        "bytes",
        arguments: [
            (0, "0B"), (1, "1B"), (1023, "1023B"), (1024, "1K"), (1535, "1K"), (1536, "2K"),
            (812 << 10, "812K"), (1023 << 10, "1023K"), ((1024 << 10) - 513, "1023K"),
            ((1024 << 10) - 512, "1.0M"), (1 << 20, "1.0M"), (9 << 20, "9.0M"),
            ((100 << 20) - 1, "100M"), (1023 << 20, "1023M"), ((1 << 30) - 1, "1.0G"),
            (1 << 30, "1.0G"), (19_553_133_440, "18.2G"), ((1 << 40) - 1, "1.0T"),
            (1 << 50, "1.0P"), (.max, "16.0E"),
        ] as [(UInt64, String)])
    func bytes(value: UInt64, expected: String) {
        #expect(ByteCount(value).text == expected)
    }

    @Test("a sum that is too much is as much as fits")
    func sumOfBytes() {
        #expect(ByteCount(3) + ByteCount(4) == ByteCount(7))
        #expect(ByteCount(.max) + ByteCount(1) == ByteCount(.max))
        #expect(ByteCount(1 << 63) + ByteCount(1 << 63) == ByteCount(.max))
    }

    @Test("bytes never take more than five columns, and never get less")
    func byteWidth() {
        var value: UInt64 = 1
        while value < .max / 2 {
            for near in [value - 1, value, value + value / 3] {
                let text = ByteCount(near).text
                #expect(text.utf8.count <= 5, "\(near): \(text)")
            }
            value *= 2
        }
    }

    @Test(
        "bytes in one unit",
        arguments: [
            (102 << 20, .gibibytes, "0.1G"), (0, .gibibytes, "0.0G"), (9 << 30, .gibibytes, "9.0G"),
            (300 << 30, .gibibytes, "300G"), (3 << 40, .gibibytes, "3072G"),
            (1 << 20, .kibibytes, "1024K"), (1536, .bytes, "1536B"), (.max, .exbibytes, "16.0E"),
        ] as [(UInt64, ByteCount.Unit, String)])
    func bytesInUnit(value: UInt64, unit: ByteCount.Unit, expected: String) {
        #expect(ByteCount(value).text(in: unit) == expected)
    }

    @Test(
        "changes in bytes",
        arguments: [
            (0, "0", "0 B"), (0.4, "0", "0 B"), (-0.4, "0", "0 B"), (0.6, "+1B", "+1 B"),
            (-1, "-1B", "-1 B"), (812 * 1024, "+812K", "+812 KiB"),
            (2.1 * 1024 * 1024, "+2.1M", "+2.1 MiB"), (-9.0 * 1_073_741_824, "-9.0G", "-9.0 GiB"),
            (1e300, "+16.0E", "+16.0 EiB"), (-.infinity, "-16.0E", "-16.0 EiB"), (.nan, "-", "-"),
        ] as [(Double, String, String)])
    func change(value: Double, short: String, long: String) {
        #expect(ByteChange(value).text == short)
        #expect(ByteChange(value).longText == long)
    }

    @Test("bytes that are computed are kept within what there can be")
    func clampedBytes() {
        #expect(ByteCount(clamping: 1.5) == ByteCount(2))
        #expect(ByteCount(clamping: -3) == ByteCount(0))
        #expect(ByteCount(clamping: .nan) == ByteCount(0))
        #expect(ByteCount(clamping: 1e30) == ByteCount(.max))
        #expect(ByteCount(clamping: .infinity) == ByteCount(.max))
        #expect(ByteCount(0).longText == "0 B")
        #expect(ByteCount(9 << 30).longText == "9.0 GiB")
    }

    @Test(
        "estimates",
        arguments: [
            (.zero, "0s", "~0 s"), (.seconds(-5), "0s", "~0 s"),
            (.milliseconds(40_400), "40s", "~40 s"), (.milliseconds(119_499), "119s", "~119 s"),
            (.milliseconds(119_500), "2m", "~2 min"), (.seconds(4380), "73m", "~73 min"),
            (.seconds(7199), "120m", "~120 min"), (.seconds(7200), "2h", "~2 h"),
            (.seconds(111_600), "31h", "~31 h"), (.seconds(172_800), "2d", "~2 days"),
            (.seconds(1_036_800), "12d", "~12 days"),
        ] as [(Duration, String, String)])
    func estimate(value: Duration, short: String, long: String) {
        #expect(value.estimate == short)
        #expect(value.longEstimate == long)
    }

    @Test(
        "duration",
        arguments: [
            (.zero, "0s"), (.milliseconds(999), "0s"), (.seconds(41), "41s"),
            (.milliseconds(59_999), "59s"), (.seconds(60), "1m00s"), (.seconds(724), "12m04s"),
            (.seconds(3599), "59m59s"), (.seconds(3600), "1h00m"), (.seconds(11_040), "3h04m"),
            (.seconds(86_399), "23h59m"), (.seconds(86_400), "1d00h"), (.seconds(183_600), "2d03h"),
            (.seconds(8_639_999), "99d23h"), (.seconds(8_640_000), "100d"), (.seconds(-41), "-41s"),
            (.milliseconds(-10), "0s"),
        ] as [(Duration, String)])
    func duration(value: Duration, expected: String) {
        #expect(value.text == expected)
    }

    @Test(
        "CPU time",
        arguments: [
            (0, "0:00.00"), (9_999_999, "0:00.00"), (10_000_000, "0:00.01"),
            (184_150_000_000, "3:04.15"), (59_999_999_999, "0:59.99"), (60_000_000_000, "1:00.00"),
            (5_999_999_999_999, "99:59.99"), (6_000_000_000_000, "1h40m"),
            (45_240_000_000_000, "12h34m"), (.max, "213503d"),
        ] as [(UInt64, String)])
    func cpuTime(value: UInt64, expected: String) {
        #expect(Nanoseconds(value).text == expected)
    }

    @Test(
        "short times",
        arguments: [
            (.zero, "0s"), (.nanoseconds(-5), "0s"), (.nanoseconds(1), "1ns"),
            (.nanoseconds(999), "999ns"), (.nanoseconds(1000), "1.0us"),
            (.nanoseconds(1249), "1.2us"), (.nanoseconds(9960), "10us"),
            (.nanoseconds(999_499), "999us"), (.nanoseconds(999_500), "1.0ms"),
            (.milliseconds(12), "12ms"), (.milliseconds(1300), "1.3s"), (.seconds(41), "41s"),
            (.seconds(999), "999s"), (.seconds(1000), "16m40s"),
        ] as [(Duration, String)])
    func shortTime(value: Duration, expected: String) {
        #expect(value.fineText == expected)
    }

    @Test(
        "thousands",
        arguments: [
            (0, "0"), (999, "999"), (1000, "1,000"), (-1000, "-1,000"), (1_234_567, "1,234,567"),
            (.min, "-9,223,372,036,854,775,808"),
        ] as [(Int, String)])
    func thousands(value: Int, expected: String) {
        #expect(value.groupedText == expected)
    }

    @Test("a part of nothing is none")
    func share() {
        #expect(Percent(1, of: 4) == Percent(25.0))
        #expect(Percent(0, of: 0) == .zero)
    }

    @Test("what is not known is a dash")
    func unknown() {
        let nothing: Percent? = nil
        let something: Percent? = .zero
        #expect(nothing.text == "-")
        #expect(something.text == "0.0")
    }
}

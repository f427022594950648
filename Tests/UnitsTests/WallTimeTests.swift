import Testing
import Units

@Suite("Wall time")
struct WallTimeTests {
    // Each checked with date(1): date -u -d @SECONDS +%FT%TZ
    @Test(
        "RFC 3339",
        arguments: [
            (0, 0, "1970-01-01T00:00:00.000Z"),
            (1_795_421_400, 123_999_999, "2026-11-23T08:10:00.123Z"),
            (951_782_399, 999_999_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400, 0, "2000-02-29T00:00:00.000Z"),
            (951_868_800, 0, "2000-03-01T00:00:00.000Z"),
            (1_709_164_800, 1_000_000, "2024-02-29T00:00:00.001Z"),
            (4_107_542_400, 0, "2100-03-01T00:00:00.000Z"),
            (4_102_444_799, 0, "2099-12-31T23:59:59.000Z"),
            (-1, 500_000_000, "1969-12-31T23:59:59.500Z"),
            (-2_203_891_200, 0, "1900-03-01T00:00:00.000Z"),
            (253_402_300_799, 0, "9999-12-31T23:59:59.000Z"),
        ] as [(Int64, Int32, String)])
    func rfc3339(seconds: Int64, nanoseconds: Int32, expected: String) {
        #expect(WallTime(seconds: seconds, nanoseconds: nanoseconds).rfc3339 == expected)
    }
}

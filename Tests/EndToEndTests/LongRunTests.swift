import Testing

/// What the dashboard holds after a long time. `make bench` lets it take in 100,000 samples.
struct LongRunTests {
    /// Sixteen days, an hour from sample to sample, so that all that is kept for a time is full at
    /// half-time; from then on nothing more may be held, although everything on the box is another.
    @Test func memoryStaysFlat() async throws {
        let result = try await run(.longRun("400", "3600"), deadline: .seconds(120))
        try #require(result.exitCode == 0, "\(result)")
        let held = result.lines.dropFirst().compactMap {
            $0.split(separator: " ").last.flatMap { Double($0) }
        }
        try #require(held.count == 20)
        #expect(held[9] > 1)
        #expect(held[19] < held[9] + 0.75, "\(held)")
    }
}

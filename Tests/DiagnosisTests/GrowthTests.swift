import Diagnosis
import ProcSampling
import TestSupport
import Testing
import Units

/// What is said of single curves.
@Suite struct GrowthTests {
    /// A point a second.
    private func curve(_ values: [Double?], restarts: [Int] = []) -> MemoryCurve {
        MemoryCurve(
            values: values, step: .seconds(1), end: Nanoseconds(9_000_000_000_000),
            restarts: restarts)
    }

    private func ramp(_ count: Int, by step: Double = 2 * mebibyte) -> [Double] {
        (0..<count).map { 10 * mebibyte + Double($0) * step }
    }

    @Test func aGrowerOfTwoMebibytesASecondAfterTwoMinutes() throws {
        let growth = try #require(Growth(curve(ramp(120))))
        #expect(growth.shape == .linear)
        #expect(abs(growth.slope - 2 * mebibyte) <= 0.05 * 2 * mebibyte)
        #expect(growth.interval.contains(growth.slope))
        #expect(growth.rising == 12)
        #expect(growth.windows == 12)
        #expect(growth.span == .seconds(119))
        #expect(growth.level == 10 * mebibyte + 238 * mebibyte)
        #expect(abs(growth.change - 238 * mebibyte) <= 5 * mebibyte)
    }

    @Test func buffersThatFillAndThenStopAreAPlateau() throws {
        let cap = 400 * mebibyte
        let values = (0..<120).map { min(cap, Double($0) * 8 * mebibyte) }
        let growth = try #require(Growth(curve(values)))
        #expect(growth.shape == .plateau)
        #expect(abs(growth.level - cap) <= 0.02 * cap)
    }

    @Test func buffersThatFilledAtOnceAreAPlateauAndNoStep() throws {
        // A step has a before; this is a process that began.
        let values = (0..<120).map { min(400, Double($0) * 100) * mebibyte }
        #expect(try #require(Growth(curve(values))).shape == .plateau)
    }

    @Test func aRampThatHasJustBegunIsNoPlateauAndNoStep() throws {
        let values = (0..<120).map { max(0, Double($0 - 112)) * 50 * mebibyte }
        #expect(try #require(Growth(curve(values))).shape == nil)
    }

    @Test func aHumpIsNoPlateau() throws {
        let values = (0..<120).map { index in
            max(0, 400 - abs(Double(index - 40)) * 10) * mebibyte
        }
        #expect(try #require(Growth(curve(values))).shape == nil)
    }

    @Test func aSawtoothIsNotLinear() throws {
        let values = (0..<120).map { Double($0 % 20) * 20 * mebibyte }
        let growth = try #require(Growth(curve(values)))
        #expect(growth.shape == .sawtooth)
    }

    @Test func aWaveIsNoSawtooth() throws {
        let values = (0..<120).map { abs(Double($0 % 24) - 12) * 30 * mebibyte }
        #expect(try #require(Growth(curve(values))).shape == nil)
    }

    @Test func fallingIsNotLinearGrowth() throws {
        let growth = try #require(Growth(curve(ramp(120).reversed())))
        #expect(growth.shape == nil)
        #expect(growth.slope < 0)
        #expect(growth.rising == 0)
    }

    @Test(arguments: [(63.9, nil), (64.1, GrowthShape.linear)])
    func hasNoVerdictBelow64MiB(_ span: Double, _ shape: GrowthShape?) throws {
        let values = ramp(120, by: span * mebibyte / 119)
        let growth = try #require(Growth(curve(values)))
        #expect(growth.shape == shape)
        #expect(growth.isTooSmall == (shape == nil))
        // Its slope is told all the same.
        #expect(abs(growth.slope - span * mebibyte / 119) < 0.001 * mebibyte)
    }

    /// In a group of 48 MiB three of them are much.
    @Test(arguments: [(2.9, nil), (3.1, GrowthShape.linear)])
    func aSmallLimitMakesLittleMatter(_ span: Double, _ shape: GrowthShape?) throws {
        let least = Growth.leastShape(below: ByteCount(48 << 20))
        let growth = Growth(curve(ramp(120, by: span * mebibyte / 119)), least: least)
        #expect(try #require(growth).shape == shape)
        #expect(Growth.leastShape(below: ByteCount(64 << 30)) == Growth.leastShapeBytes)
        #expect(Growth.leastShape(below: nil) == Growth.leastShapeBytes)
    }

    @Test func whatBreathesALittleIsFlat() throws {
        let values = (0..<120).map { (100 + 20 * Double($0 % 10) / 9) * mebibyte }
        #expect(try #require(Growth(curve(values))).shape == .flat)
    }

    /// It grew for most of the time, and then stopped.
    @Test(arguments: [(104, GrowthShape.linear), (95, nil)])
    func whatHasStoppedIsNotLinear(_ until: Int, _ shape: GrowthShape?) throws {
        let values = (0..<120).map { Double(min($0, until)) * 2 * mebibyte }
        #expect(try #require(Growth(curve(values))).shape == shape)
    }

    @Test(arguments: [(0.049, GrowthShape.flat), (0.051, .linear)])
    func isFlatBelowATwentiethOfABigProcess(_ share: Double, _ shape: GrowthShape) throws {
        let high = 20 * 1024 * mebibyte
        let values = (0..<120).map { high * (1 - share * (1 - Double($0) / 119)) }
        #expect(try #require(Growth(curve(values))).shape == shape)
    }

    @Test(arguments: [(63.9, 4.0, false), (236, 4, false), (236, 5, true), (0, 5, false)])
    func tellsWhetherItIsFlatForItsSizeOnly(
        _ change: Double, _ gibibytes: Double, _ isBelowShare: Bool
    ) throws {
        let values = (0..<120).map { (gibibytes * 1024 + change * Double($0) / 119) * mebibyte }
        let growth = try #require(Growth(curve(values)))
        #expect(growth.isBelowShare == isBelowShare)
        #expect((growth.shape == .flat) == (isBelowShare || change < 64))
    }

    @Test func aSpikeIsNotAFall() throws {
        var values = ramp(120)
        for index in [20, 50, 70, 100] { values[index] += 100 * mebibyte }
        let growth = try #require(Growth(curve(values)))
        #expect(growth.shape == .linear)
        #expect(abs(growth.slope - 2 * mebibyte) <= 0.05 * 2 * mebibyte)
    }

    @Test(arguments: [(29, false), (31, true)])
    func needsHalfAMinute(_ count: Int, _ isKnown: Bool) {
        #expect((Growth(curve(ramp(count))) != nil) == isKnown)
    }

    @Test(arguments: [(19, false), (20, true)])
    func needsTwentyPoints(_ count: Int, _ isKnown: Bool) {
        let values = ramp(count).flatMap { [$0, nil, nil] }
        #expect((Growth(curve(values)) != nil) == isKnown)
    }

    @Test func nothingKnownIsNothingSaid() {
        #expect(Growth(curve([])) == nil)
        #expect(Growth(curve(Array(repeating: nil, count: 120))) == nil)
        #expect(Growth(curve(Array(repeating: .nan, count: 120))) == nil)
        #expect(Growth(curve(ramp(120), restarts: [119])) == nil)
    }

    @Test func aRestartBeginsAnew() throws {
        let before = Array(repeating: 900 * mebibyte, count: 60)
        let growth = try #require(Growth(curve(before + ramp(60), restarts: [10, 60])))
        #expect(growth.shape == .linear)
        #expect(growth.span == .seconds(59))
    }

    @Test func gapsAreAllowed() throws {
        var values: [Double?] = ramp(120)
        for index in 30..<55 { values[index] = nil }
        let growth = try #require(Growth(curve(values)))
        #expect(growth.shape == .linear)
        #expect(abs(growth.slope - 2 * mebibyte) < 0.01 * mebibyte)
    }

    @Test func theIntervalHoldsTheTruthMostOfTheTime() throws {
        var held = 0
        for seed in 0..<400 {
            var random = SeededRandom(seed: UInt64(seed))
            let values = ramp(80).map { $0 + 3 * mebibyte * random.normal() }
            let growth = try #require(Growth(curve(values)))
            if growth.interval.contains(2 * mebibyte) { held += 1 }
        }
        // 95 % of 400 is 380, give or take 4.4.
        #expect((366...394).contains(held), "\(held) of 400")
    }
}

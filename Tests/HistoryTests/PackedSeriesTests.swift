import Samples
import TestSupport
import Testing

@testable import History

struct PackedSeriesTests {
    @Test func roundingIsFineAndInOrder() {
        var before = RoundedMemory(kibibytes: 0)
        #expect(before.kibibytes == 0)
        #expect(RoundedMemory(kibibytes: nil).kibibytes == nil)
        var amount: UInt64 = 1
        while amount < 1 << 50 {
            for amount in [amount, amount + amount / 3, 2 * amount - 1] {
                let rounded = RoundedMemory(kibibytes: amount)
                let back = rounded.kibibytes ?? 0
                #expect(max(back, amount) - min(back, amount) <= amount / 2048)
                #expect(rounded.number >= before.number)
                before = rounded
            }
            amount *= 2
        }
        #expect(RoundedMemory(kibibytes: .max).kibibytes != nil)
    }

    private func points(_ count: Int, seed: UInt64) -> [PackedSeries.Point] {
        var random = SeededRandom(seed: seed)
        var slot: UInt32 = 5
        return (0..<count).map { _ in
            slot += UInt32([1, 1, 1, 2, 300, 100_000].randomElement(using: &random) ?? 1)
            let amount = UInt64.random(in: 0..<1 << 40, using: &random)
            return PackedSeries.Point(
                slot: slot,
                amount: RoundedMemory(
                    kibibytes: slot % 9 == 0 ? nil : amount >> UInt64(slot % 30)))
        }
    }

    private func all(of series: PackedSeries) -> [PackedSeries.Point] {
        var points: [PackedSeries.Point] = []
        series.forEach {
            points.append($0)
            return true
        }
        return points
    }

    @Test func pointsComeBackAsTheyWere() {
        let points = points(2000, seed: 1)
        var series = PackedSeries()
        #expect(all(of: series).isEmpty)
        for point in points { series.append(point) }
        #expect(all(of: series) == points)
        #expect(series.last == points.last)
    }

    @Test func whatIsOldIsDroppedUpToThePointThatHeld() throws {
        let points = points(500, seed: 2)
        var series = PackedSeries()
        for (index, point) in points.enumerated() {
            series.append(point)
            guard index % 50 == 49 else { continue }
            series.trim(to: points[index - 20].slot)
            #expect(all(of: series) == Array(points[(index - 20)...index]))
            series.shrink()
            #expect(all(of: series) == Array(points[(index - 20)...index]))
        }
        // Between two points the earlier one holds.
        let last = try #require(points.last)
        series.trim(to: last.slot - 1)
        #expect(all(of: series).count == 2)
        series.trim(to: last.slot + 99)
        #expect(all(of: series) == [last])
    }

    /// Reading begins shortly before what is asked for, after any trimming.
    @Test func aLateSlotIsFoundWithoutReadingWhatIsBefore() throws {
        let points = points(5000, seed: 3)
        var series = PackedSeries()
        for (index, point) in points.enumerated() {
            series.append(point)
            guard index % 700 == 699 else { continue }
            let oldest = index * 2 / 3
            series.trim(to: points[oldest].slot)
            if index % 1400 == 1399 { series.shrink() }
            for wanted in stride(from: oldest, through: index, by: 41) {
                var found: [PackedSeries.Point] = []
                series.forEach(from: points[wanted].slot) {
                    found.append($0)
                    return $0.slot < points[wanted].slot
                }
                #expect(found.last == points[wanted])
                #expect(found.count <= 520)
                #expect(found == Array(points[(wanted + 1 - found.count)...wanted]))
            }
        }
    }

    @Test func aSmallChangeInTheNextSlotIsOneByte() {
        var series = PackedSeries()
        var amount: UInt64 = 8_000_000
        for slot in 0..<10_000 as Range<UInt32> {
            series.append(
                PackedSeries.Point(slot: slot, amount: RoundedMemory(kibibytes: amount)))
            amount += slot % 2 == 0 ? amount / 75 : 0
            amount -= slot % 2 == 1 ? amount / 76 : 0
        }
        // And what it takes to find a slot.
        #expect(series.byteCount < 10_000 + 1100 + 500)
    }
}

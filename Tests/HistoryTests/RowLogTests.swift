import TestSupport
import Testing

@testable import History

struct RowLogTests {
    private typealias Log = RowLog<ValueRow<Int, Int>>

    /// What a log must say, kept the simple way.
    private struct Plain {
        var moments: [[Int: Int]] = []

        func rows(_ log: Log, at index: Int) -> [Int: Int] {
            Dictionary(
                uniqueKeysWithValues: log.rows(at: index).map { ($0.subject, $0.row.value) })
        }

        func expectSame(_ log: Log) {
            for index in moments.indices { #expect(rows(log, at: index) == moments[index]) }
            for subject in 0..<40 {
                let rows = log.rows(of: subject, in: moments.indices).map { $0?.value }
                #expect(rows == moments.map { $0[subject] })
                for start in moments.indices {
                    let range = start..<min(start + 5, moments.count)
                    let some = log.rows(of: subject, in: range).map { $0?.value }
                    #expect(some == moments[range].map { $0[subject] })
                }
                #expect(log.lastIndex(of: subject) == moments.lastIndex { $0[subject] != nil })
            }
        }
    }

    /// Rows come, go, change and move about; the oldest moments go.
    @Test(arguments: 1...8) func everyMomentIsAsItWas(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var log = Log(RowLimits(rows: 100, changes: 100, changesAtOnce: 100))
        var plain = Plain()
        var rows: [Int: Int] = [:]
        for _ in 0..<60 {
            for _ in 0..<Int.random(in: 0..<6, using: &random) {
                let subject = Int.random(in: 0..<40, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: rows[subject] = nil
                default: rows[subject] = Int.random(in: 0..<9, using: &random)
                }
            }
            if Int.random(in: 0..<8, using: &random) == 0 {
                log.skip()
                plain.moments.append(plain.moments.last ?? [:])
                rows = plain.moments.last ?? [:]
            } else {
                log.record(rows.shuffled(using: &random).map { ($0.key, $0.value) })
                plain.moments.append(rows)
                #expect(log.standing == rows.count && log.total == rows.count)
            }
            if plain.moments.count > 20 {
                log.dropOldest()
                plain.moments.removeFirst()
            }
        }
        plain.expectSame(log)
        // Nothing is kept of who has gone for good.
        for _ in 0..<30 {
            log.record([] as [(Int, Int)])
            log.dropOldest()
        }
        #expect(log.subjects.count == 0)
    }

    /// A moment that is recorded again, once or more, is as it was the last time; so are those before
    /// it, and nothing is kept of what it was meanwhile.
    @Test(arguments: 1...8) func whatIsRecordedAgainTakesItsPlace(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var log = Log(RowLimits(rows: 100, changes: 100, changesAtOnce: 100))
        var once = Log(RowLimits(rows: 100, changes: 100, changesAtOnce: 100))
        var plain = Plain()
        func some() -> [Int: Int] {
            Dictionary(
                (0..<Int.random(in: 0..<30, using: &random)).map { _ in
                    (Int.random(in: 0..<40, using: &random), Int.random(in: 0..<4, using: &random))
                }, uniquingKeysWith: { $1 })
        }
        for _ in 0..<60 {
            var rows = some()
            log.record(rows.map { ($0, $1) })
            for _ in 0..<Int.random(in: 0..<3, using: &random) {
                if Bool.random(using: &random) {
                    log.skip(again: true)
                } else {
                    rows = some()
                    log.record(rows.map { ($0, $1) }, again: true)
                }
            }
            once.record(rows.map { ($0, $1) })
            plain.moments.append(rows)
            #expect(log.standing == rows.count)
            if plain.moments.count > 20 {
                log.dropOldest()
                once.dropOldest()
                plain.moments.removeFirst()
            }
        }
        plain.expectSame(log)
        plain.expectSame(once)
        for _ in 0..<30 {
            log.record([] as [(Int, Int)])
            log.dropOldest()
        }
        #expect(log.subjects.count == 0)
    }

    /// Where changes are dear, recording a moment again takes none of the rows that it had.
    @Test func aRowThatChangesAgainIsPaidForOnce() {
        var log = Log(RowLimits(rows: 100, changes: 2, changesAtOnce: 1))
        log.record([(0, 0)])
        for moment in 1...20 {
            log.record([(0, moment), (1, moment)])
            log.record([(0, -moment), (1, -moment)], again: true)
            log.record([(0, moment), (1, -moment)], again: true)
            #expect(log.rows(at: moment).count == 2)
        }
    }

    @Test func whatFindsNoRoomIsLeftOutUntilItDoes() {
        var log = Log(RowLimits(rows: 100, changes: 2, changesAtOnce: 4))
        func record(_ values: [Int]) {
            log.record(values.enumerated().map { ($0, $1) }, rank: { Float($0) })
        }
        func rows(_ index: Int) -> [Int: Int] {
            Dictionary(
                uniqueKeysWithValues: log.rows(at: index).map { ($0.subject, $0.row.value) })
        }
        record([1, 1, 1])
        // Three were affordable at once of four; then two a moment come on top.
        record([10, 11, 12])
        #expect(rows(1) == [0: 10, 1: 11, 2: 12])
        record([20, 21, 22])
        // The highest ranks; what was known of the other is no longer so.
        #expect(rows(2) == [1: 21, 2: 22])
        #expect(log.standing == 2 && log.total == 3)
        record([20, 21, 22])
        #expect(rows(3) == [0: 20, 1: 21, 2: 22])
        #expect(rows(2) == [1: 21, 2: 22])
    }

    @Test func aSubjectThatComesTwiceCountsOnce() {
        var log = Log(RowLimits(rows: 9, changes: 9, changesAtOnce: 9))
        log.record([(1, 5), (1, 6), (2, 7)])
        log.record([(2, 7), (1, 5), (1, 6)])
        log.record([(2, 7)])
        #expect(log.rows(of: 1, in: 0..<3).map { $0?.value } == [5, 5, nil])
        #expect(log.rows(of: 2, in: 0..<3).map { $0?.value } == [7, 7, 7])
    }

    @Test func rowsThatStandStillTakeNoRoom() {
        var log = Log(RowLimits(rows: 5000, changes: 10, changesAtOnce: 5000))
        let rows = (0..<5000).map { ($0, $0) }
        log.record(rows)
        let once = log.byteCount
        for _ in 0..<100 { log.record(rows) }
        #expect(log.byteCount - once < 100_000)
    }
}

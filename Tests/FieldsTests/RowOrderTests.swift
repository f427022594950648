import Testing
import Units

@testable import Fields

@Suite struct RowOrderTests {
    private func order(
        _ keys: [SortKey?], descending: Bool = false, places: [Int]? = nil
    ) -> [Int] {
        RowOrder.sorted(keys.count, descending: descending, places: places) { keys[$0] }
    }

    @Test func numbersBelowZeroComeFirst() {
        let keys: [SortKey?] = [
            .number(2), .number(-3), .number(0), .number(-0.5), .number(.infinity),
        ]
        #expect(order(keys) == [1, 3, 2, 0, 4])
        #expect(order(keys, descending: true) == [4, 0, 2, 3, 1])
    }

    @Test func zeroHasNoSign() {
        #expect(order([.number(0), .number(-0.0), .number(0)], descending: true) == [0, 1, 2])
    }

    @Test func whatIsNotKnownComesLastWhicheverWayRound() {
        let keys: [SortKey?] = [nil, .number(1), .number(.nan), .number(2)]
        #expect(order(keys) == [1, 3, 0, 2])
        #expect(order(keys, descending: true) == [3, 1, 0, 2])
    }

    @Test func textsGoFromAToZ() {
        let keys: [SortKey?] = ["b", "a", "c", "a"].map { .text($0) }
        #expect(order(keys) == [1, 3, 0, 2])
        #expect(order(keys, descending: true) == [2, 0, 1, 3])
    }

    @Test func textsComeAfterNumbers() {
        #expect(order([.text("a"), .packed(.max - 1, 0, 0), .number(1)]) == [2, 1, 0])
    }

    @Test func ofEqualFirstNumbersTheSecondDecides() {
        let keys: [SortKey?] = [.pair(1.5, 3), .pair(1.5, 9), .pair(0.5, 100), .packed(1, 2, 3)]
        #expect(order(Array(keys[..<3]), descending: true) == [1, 0, 2])
        #expect(order([.packed(1, 2, 4), .packed(1, 2, 3), .packed(1, 1, 9)]) == [2, 1, 0])
    }

    @Test func thoseAlikeKeepTheirPlaces() {
        let keys: [SortKey?] = [.number(1), .number(1), .number(2), nil, nil]
        let places = [4, 2, 9, 1, 0]
        #expect(order(keys, places: places) == [1, 0, 2, 4, 3])
        #expect(order(keys, descending: true, places: places) == [2, 1, 0, 4, 3])
        #expect(order(keys, descending: true) == [2, 0, 1, 3, 4])
    }

    @Test func manyRowsAreSortedAsByComparingEach() {
        var generator = SystemRandomNumberGenerator()
        let numbers = (0..<2000).map { _ in Int.random(in: -50...50, using: &generator) }
        let sorted = order(numbers.map { .number(Double($0)) }).map { numbers[$0] }
        #expect(sorted == numbers.sorted())
    }
}

import Samples
import Units

/// What was found of system calls by now, by their numbers.
struct CallTally: Hashable, Sendable {
    var calls: [Int32: Figures] = [:]
    /// Every call that was entered, also those that `calls` lacks; nil where they were only polled.
    var total: Int?
    /// How often it was looked at where they were polled, and found running then.
    var looks = 0
    var looksRunning = 0

    struct Figures: Hashable, Sendable {
        var entered = 0
        /// Those of them that returned while they were looked at, and how many failed.
        var returned = 0
        var failed = 0
        var time: Duration = .zero
        /// How often it was found asleep in the call.
        var looks = 0
    }

    /// A call from its entry to its return.
    mutating func addReturn(of number: Int32, after time: Duration, hasFailed: Bool) {
        calls[number, default: Figures()].returned += 1
        calls[number, default: Figures()].time += time
        if hasFailed { calls[number, default: Figures()].failed += 1 }
    }

    /// Calls that are in the total, but were not told by number.
    var lost: Int {
        guard let total else { return 0 }
        return max(0, total - calls.values.reduce(0) { $0 + $1.entered })
    }

    /// With names, the most frequent first.
    func named(isNative: Bool) -> [SystemCallCount.Call] {
        let isCounted = total != nil
        return calls.sorted { a, b in
            let (first, second) =
                isCounted
                ? (a.value.entered, b.value.entered) : (a.value.looks, b.value.looks)
            return first == second ? a.key < b.key : first > second
        }.map { number, figures in
            let name = Self.name(of: number, isNative: isNative)
            guard isCounted else {
                return SystemCallCount.Call(
                    name: name, pollShare: Percent(100 * Double(figures.looks) / Double(looks)))
            }
            return SystemCallCount.Call(
                name: name, count: figures.entered, errors: figures.failed, time: figures.time,
                returned: figures.returned)
        }
    }

    static func name(of number: Int32, isNative: Bool) -> String {
        guard isNative else { return "32-bit syscall \(number)" }
        return SystemCallTable.name(of: number) ?? "syscall \(number)"
    }
}

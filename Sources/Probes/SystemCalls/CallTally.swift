import CLinux
import Samples
import Units

/// What was found of system calls by now, by their numbers.
struct CallTally: Hashable, Sendable {
    var calls: [Int32: Figures] = [:]
    /// Every call that was entered, also those that `calls` lacks; nil where they were only polled.
    var total: Int?
    /// Polls, and those that found it running; 0 where it was not polled.
    var samples = 0
    var samplesRunning = 0

    struct Figures: Hashable, Sendable {
        var entered = 0
        /// Those of them that returned meanwhile, and how many failed.
        var returned = 0
        var failed = 0
        /// Of those that returned, those that returned 0, and the sum of what the others did; nil
        /// where only failures are told.
        var results: Results?
        var error = CallError.none
        var time: Duration = .zero
        /// How often it was found asleep in the call.
        var samples = 0
    }

    struct Results: Hashable, Sendable {
        var zeros = 0
        var sum = 0
    }

    /// A call from its entry to its return.
    mutating func addReturn(of number: Int32, after time: Duration, hasFailed: Bool) {
        calls[number, default: Figures()].returned += 1
        calls[number, default: Figures()].time += time
        if hasFailed { calls[number, default: Figures()].failed += 1 }
    }

    /// The same, with what it returns: from -4095 to -1 that is an error.
    mutating func addReturn(of number: Int32, after time: Duration, result: Int) {
        let hasFailed = (-4095 ... -1).contains(result)
        addReturn(of: number, after: time, hasFailed: hasFailed)
        if hasFailed { calls[number, default: Figures()].error.add(Int32(-result)) }
        var results = calls[number]?.results ?? Results()
        if result == 0 { results.zeros += 1 }
        if !hasFailed { results.sum &+= result }
        calls[number, default: Figures()].results = results
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
                ? (a.value.entered, b.value.entered) : (a.value.samples, b.value.samples)
            return first == second ? a.key < b.key : first > second
        }.map { number, figures in
            let name = Self.name(of: number, isNative: isNative)
            guard isCounted else {
                return SystemCallCount.Call(
                    name: name, pollShare: Percent(100 * Double(figures.samples) / Double(samples)))
            }
            return SystemCallCount.Call(
                name: name, count: figures.entered, errors: figures.failed, time: figures.time,
                returned: figures.returned, zeros: figures.results?.zeros,
                sum: figures.results?.sum,
                error: figures.error.name)
        }
    }

    static func name(of number: Int32, isNative: Bool) -> String {
        guard isNative else { return "32-bit syscall \(number)" }
        return SystemCallTable.name(of: number) ?? "syscall \(number)"
    }
}

/// How calls fail.
enum CallError: Hashable, Sendable {
    case none
    /// All in this way, a number of errno.h.
    case always(Int32)
    case several

    mutating func add(_ number: Int32) {
        switch self {
        case .none: self = .always(number)
        case .always(let known): if known != number { self = .several }
        case .several: break
        }
    }

    /// "EAGAIN".
    var name: String? {
        guard case .always(let number) = self else { return nil }
        return clinux_error_name(number).map { String(cString: $0) }
    }
}

import Diagnosis
import ProcSampling
import TestSupport
import Units

let mebibyte = 1024.0 * 1024

extension SeededRandom {
    mutating func within(_ range: ClosedRange<Double>) -> Double {
        Double.random(in: range, using: &self)
    }

    /// Of mean 0 and deviation 1, to a good approximation: the sum of twelve.
    mutating func normal() -> Double {
        (0..<12).reduce(-6.0) { sum, _ in sum + within(0...1) }
    }
}

/// Memory curves of known shape, with noise of several kinds, gaps and restarts.
struct MadeCurve {
    var curve: MemoryCurve
    /// Bytes a second of a linear one.
    var slope = 0.0
    /// Of a plateau.
    var cap = 0.0

    enum Kind: String, CaseIterable {
        case linear, plateau, step, sawtooth
        case risingFloor = "rising floor"
        case fewTeeth = "few teeth"
        case flat, walk
    }

    init(_ kind: Kind, seed: UInt64) {
        var random = SeededRandom(
            seed: seed &* 7919 &+ UInt64(kind.rawValue.utf8.reduce(0) { $0 + Int($1) }))
        let count = Int.random(in: 31...120, using: &random)
        let steps: [Double] = [1, 2, 5, 30]
        let step = steps[Int.random(in: 0..<steps.count, using: &random)]
        let base = random.within(0...400) * mebibyte
        let span = max(100 * mebibyte, base * 0.2) * random.within(1...20)
        var values: [Double]
        switch kind {
        case .linear:
            slope = span / (Double(count - 1) * step)
            values = (0..<count).map { span * Double($0) / Double(count - 1) }
        case .plateau: values = Self.plateau(count, &random).map { $0 * span }
        case .step: values = Self.step(count, &random).map { $0 * span }
        case .sawtooth: values = Self.sawtooth(count, teeth: 4...12, &random).map { $0 * span }
        case .risingFloor:
            let floor = random.within(0.6...3)
            values = Self.sawtooth(count, teeth: 5.5...12, floor: floor, &random).map { $0 * span }
        case .fewTeeth:
            values = Self.sawtooth(count, teeth: 1.3...4, floor: random.within(0...2), &random)
                .map { $0 * span }
        case .flat:
            let size = max(64 * mebibyte, 0.05 * base) * random.within(0...0.12)
            values = (0..<count).map { _ in size * random.normal() }
        case .walk:
            var level = 0.0
            let drift = random.within(-0.1...0.1)
            values = (0..<count).map { _ in
                level += random.normal() + drift
                return level
            }
            let size = (values.max() ?? 1) - (values.min() ?? 0)
            values = values.map { $0 / max(size, 1) * span }
        }
        if kind != .flat, kind != .walk { Self.disturb(&values, span: span, &random) }
        let least = values.min() ?? 0
        let lift = base + (least < 0 ? -least : 0)
        values = values.map { $0 + lift }
        cap = span + lift
        curve = MemoryCurve(
            values: Self.withGaps(values, &random), step: .milliseconds(Int64(step * 1000)),
            end: Nanoseconds(1_000_000_000_000_000))
    }

    private static func plateau(_ count: Int, _ random: inout SeededRandom) -> [Double] {
        let size = Double(count)
        let isExponential = Bool.random(using: &random)
        // It levels off before the last third, one way or the other.
        let end = random.within(0.05...0.62) * size
        return (0..<count).map { index in
            isExponential
                ? 1 - exponential(-Double(index) / (0.25 * end)) : min(1, Double(index) / end)
        }
    }

    private static func step(_ count: Int, _ random: inout SeededRandom) -> [Double] {
        let at = Int(random.within(0.15...0.85) * Double(count))
        let width = Int.random(in: 0...max(1, count / 30), using: &random)
        let isUp = Bool.random(using: &random)
        return (0..<count).map { index in
            let share = min(1, max(0, Double(index - at) / Double(max(1, width))))
            return isUp ? share : 1 - share
        }
    }

    /// - Parameter floor: by how much of a tooth the troughs rise, over the whole curve.
    private static func sawtooth(
        _ count: Int, teeth: ClosedRange<Double>, floor: Double = 0, _ random: inout SeededRandom
    ) -> [Double] {
        let teeth = random.within(teeth)
        let wobble = random.within(0...0.15)
        var phase = random.within(0...1)
        var height = 1.0
        return (0..<count).map { index in
            phase += teeth / Double(count)
            if phase >= 1 {
                phase -= 1
                height = 1 + wobble * random.within(-1...1)
            }
            return phase * height + floor * Double(index) / Double(count)
        }
    }

    /// Noise of one kind: none, even, normal, spikes, slow waves, or pieces.
    private static func disturb(
        _ values: inout [Double], span: Double, _ random: inout SeededRandom
    ) {
        let size = random.within(0.002...0.03) * span
        switch Int.random(in: 0...5, using: &random) {
        case 1: for index in values.indices { values[index] += size * random.within(-1...1) }
        case 2: for index in values.indices { values[index] += size * random.normal() }
        case 3:
            for index in values.indices where random.within(0...1) < 0.03 {
                values[index] += span * random.within(0.1...0.4)
            }
        case 4:
            var wave = 0.0
            for index in values.indices {
                wave = 0.6 * wave + 0.5 * size * random.normal()
                values[index] += wave
            }
        case 5:
            let piece = span / random.within(30...100)
            for index in values.indices {
                values[index] = (values[index] / piece).rounded(.down) * piece
            }
        default: break
        }
    }

    private static func withGaps(_ values: [Double], _ random: inout SeededRandom) -> [Double?] {
        var known: [Double?] = values
        switch Int.random(in: 0...3, using: &random) {
        case 1: for index in known.indices where random.within(0...1) < 0.1 { known[index] = nil }
        case 2: known = Array(repeating: nil, count: 20) + known
        default: break
        }
        return known
    }

    private static func exponential(_ exponent: Double) -> Double {
        // Good to 1e-6, and there is no libm without an import: (1 + x/2^20)^(2^20).
        var power = max(0, 1 + exponent / 1_048_576)
        for _ in 0..<20 { power *= power }
        return power
    }
}

import Diagnosis
import ProcSampling
import Testing
import Units

/// Made series of each shape, and what they are called.
@Suite struct GrowthShapeTests {
    static let perKind = 600

    private struct Tally {
        var counts: [GrowthShape?: Int] = [:]
        var isSlopeRight = 0
        var isLevelRight = 0

        func share(_ shape: GrowthShape?) -> Double {
            Double(counts[shape] ?? 0) / Double(GrowthShapeTests.perKind)
        }
    }

    private func tally(_ kind: MadeCurve.Kind) throws -> Tally {
        var tally = Tally()
        for seed in 0..<Self.perKind {
            let made = MadeCurve(kind, seed: UInt64(seed))
            let growth = try #require(Growth(made.curve))
            tally.counts[growth.shape, default: 0] += 1
            if abs(growth.slope - made.slope) <= 0.05 * made.slope { tally.isSlopeRight += 1 }
            if abs(growth.level - made.cap) <= 0.02 * made.cap { tally.isLevelRight += 1 }
        }
        return tally
    }

    @Test func shapesAreToldApart() async throws {
        let tallies = try await withThrowingTaskGroup { group in
            for kind in MadeCurve.Kind.allCases { group.addTask { (kind, try tally(kind)) } }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        print(Self.table(tallies))

        for (kind, shape) in [
            (MadeCurve.Kind.linear, GrowthShape.linear), (.plateau, .plateau), (.step, .step),
            (.flat, .flat),
        ] {
            #expect(try #require(tallies[kind]).share(shape) >= 0.95, "\(kind)")
        }
        for kind in [
            MadeCurve.Kind.sawtooth, .risingFloor, .fewTeeth, .walk, .plateau, .step, .flat,
        ] {
            #expect(try #require(tallies[kind]).share(.linear) <= 0.02, "\(kind)")
        }
        #expect(try #require(tallies[.sawtooth]).share(.sawtooth) >= 0.9)
        #expect(try #require(tallies[.risingFloor]).share(.risingFloor) >= 0.9)
        let linear = try #require(tallies[.linear])
        #expect(linear.isSlopeRight >= Self.perKind * 95 / 100, "\(linear.isSlopeRight)")
        let plateau = try #require(tallies[.plateau])
        #expect(plateau.isLevelRight >= Self.perKind * 95 / 100, "\(plateau.isLevelRight)")
    }

    private static func table(_ tallies: [MadeCurve.Kind: Tally]) -> String {
        let shapes: [GrowthShape?] = GrowthShape.allCases + [nil]
        func cell(_ text: String) -> String {
            String(repeating: " ", count: max(1, 13 - text.count)) + text
        }
        var lines = ["shape called (columns) of \(perKind) made series of each kind (rows):"]
        lines.append(cell("") + shapes.map { cell($0?.text ?? "no verdict") }.joined())
        for kind in MadeCurve.Kind.allCases {
            let counts = shapes.map { cell("\(tallies[kind]?.counts[$0] ?? 0)") }.joined()
            lines.append(cell(kind.rawValue) + counts)
        }
        return lines.joined(separator: "\n")
    }
}

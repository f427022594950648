import Diagnosis
import ProcSampling
import TestSupport
import Testing
import Units

/// Made readers of each kind, and what they are called.
@Suite struct ReaderKindTests {
    static let perKind = 200
    private static let verdicts: [ReaderVerdict.Kind?] = [
        .ok, .slow, .stalled, .pauses, .bufferTooSmall, nil,
    ]

    private func tally(_ kind: MadeReader.Kind) -> [ReaderVerdict.Kind?: Int] {
        var tally: [ReaderVerdict.Kind?: Int] = [:]
        var random = SeededRandom(seed: 7)
        for _ in 0..<Self.perKind {
            let burst = MadeReader(kind, using: &random).run(using: &random)
            tally[ReaderVerdict(burst, in: MadeNetwork.reading())?.kind, default: 0] += 1
        }
        return tally
    }

    @Test func readersAreToldApart() async throws {
        let tallies = await withTaskGroup { group in
            for kind in MadeReader.Kind.allCases { group.addTask { (kind, tally(kind)) } }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        print(Self.table(tallies))
        let names: [MadeReader.Kind: ReaderVerdict.Kind] = [
            .healthy: .ok, .slow: .slow, .slowBatches: .slow, .stalled: .stalled,
            .stopping: .stalled, .pauses: .pauses, .bursts: .bufferTooSmall,
            .turns: .bufferTooSmall,
        ]
        for (kind, name) in names {
            let right = try #require(tallies[kind])[name, default: 0]
            #expect(right >= Self.perKind * 95 / 100, "\(kind)")
        }
        for kind in MadeReader.Kind.allCases where names[kind] != .stalled {
            #expect(tallies[kind]?[.stalled] == nil, "\(kind) is restarted for nothing")
        }
    }

    @Test(arguments: [
        ("healthy", ReaderVerdict.Kind.ok), ("slow", .slow), ("slow_little", .slow),
        ("slow_tiny", .slow), ("stalled", .stalled), ("pauses", .pauses),
        ("pauses_short", .pauses), ("small", .bufferTooSmall), ("small2", .bufferTooSmall),
    ])
    func realReadersAreToldApart(_ name: String, _ kind: ReaderVerdict.Kind) throws {
        var burst = try CapturedQueue.burst(name)
        #expect(ReaderVerdict(burst, in: MadeNetwork.reading())?.kind == kind)
        // Half of it is enough, but for what is only seen to come back.
        burst.queue.removeLast(250)
        burst.isComplete = false
        #expect(ReaderVerdict(burst, in: MadeNetwork.reading())?.kind == kind)
    }

    private static func table(
        _ tallies: [MadeReader.Kind: [ReaderVerdict.Kind?: Int]]
    ) -> String {
        func cell(_ text: String) -> String {
            String(repeating: " ", count: max(1, 18 - text.count)) + text
        }
        var lines = ["reader called (columns) of \(perKind) made readers of each kind (rows):"]
        lines.append(cell("") + verdicts.map { cell($0?.rawValue ?? "no verdict") }.joined())
        for kind in MadeReader.Kind.allCases {
            let counts = verdicts.map { cell("\(tallies[kind]?[$0] ?? 0)") }.joined()
            lines.append(cell(kind.rawValue) + counts)
        }
        return lines.joined(separator: "\n")
    }
}

import Dashboard
import Probes
import ProcFormats
import ProcSampling
import Testing
import Units

/// System calls that the verdict on a thread depends on are counted unasked.
struct CountingTests {
    private static let process = ProcessIdentity(
        pid: ProcessID(2214), startTime: ClockTicks(9000))
    private static let poll = ThreadIdentity(tid: ThreadID(4127), startTime: ClockTicks(9100))

    /// Threads to count, each time that it was asked for.
    private func asked(_ effects: [Effect]) -> [[ThreadTarget]] {
        effects.compactMap { if case .countSystemCalls(let threads) = $0 { threads } else { nil } }
    }

    private func sample(_ scene: inout Scene, _ count: Int) -> [[ThreadTarget]] {
        asked(
            scene.sample(count) { snapshot in
                snapshot.polls = [
                    Self.poll: ThreadPoll(
                        process: Self.process, name: "poll", processName: "streamd", samples: 50,
                        running: 50,
                        counted: ThreadPoll.Counted(
                            span: .seconds(9), voluntarySwitches: 0, readsAndWrites: 0))
                ]
            })
    }

    @Test func `a spin is asked about until it was counted, and surer then`() throws {
        var scene = Scene(columns: 150)
        let asked = sample(&scene, 20)
        let process = try #require(
            scene.snapshot.processes.first { $0.threads.contains { $0.id == Self.poll } })
        #expect(process.id == Self.process)
        #expect(asked.last == [ThreadTarget(process: Self.process, thread: Self.poll)])
        #expect(scene.shows("MED"), "\(scene)")
        let calls = CountedSystemCalls(
            thread: Self.poll, count: 0, elapsed: .seconds(1), cpuTime: nil,
            moment: scene.snapshot.moment)
        _ = scene.state.update(.counted(calls), at: scene.now)
        #expect(sample(&scene, 1).isEmpty)
        #expect(scene.shows("HIGH"), "\(scene)")
    }

    @Test func `threads of a tree of files are not counted here`() {
        var scene = Scene()
        scene.state.settings.traits.machine = .foreign
        #expect(sample(&scene, 20).isEmpty)
    }
}

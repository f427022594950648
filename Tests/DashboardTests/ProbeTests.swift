import Dashboard
import Probes
import ProcSampling
import Screen
import Testing
import Units

/// Probes, from the key to what they found.
@Suite struct ProbeTests {
    private func scene(
        columns: Int = 100, rows: Int = 30, place: Place = .threads(of: Scene.streamd)
    )
        -> Scene
    {
        var scene = Scene(columns: columns, rows: rows, place: place)
        scene.sample(3)
        return scene
    }

    /// A finished profile of the hot thread.
    private func profiled() throws -> Scene {
        var scene = scene()
        let (profile, run) = try #require(
            Scene.started(scene.press(.character("p")), as: ProfileRequest.self))
        scene.probe(.finished(Scene.profile(profile)), run: run)
        return scene
    }

    // MARK: Whom

    @Test func profileIsOfTheSelectedThreadAndStartsAtOnce() throws {
        var scene = scene()
        let start = try #require(
            Scene.started(scene.press(.character("p")), as: ProfileRequest.self))
        #expect(start.request == ProfileRequest(target: .thread(Scene.target)))
        #expect(scene.shows("PROFILE  T4127 poll (streamd 2214)"))
        scene.wait(.seconds(2))
        #expect(scene.shows("sampling 2 s, 3 s left"))
    }

    @Test func ofAProcessInTheOverviewItIsOfAllItsThreads() throws {
        var scene = scene(place: .overview)
        let start = try #require(
            Scene.started(scene.press(.character("p")), as: ProfileRequest.self))
        #expect(start.request == ProfileRequest(target: .process(Scene.streamd)))
    }

    @Test func inMemoryItIsOfPageFaults() throws {
        var scene = scene(place: .mappings(of: Scene.streamd))
        let start = try #require(
            Scene.started(scene.press(.character("p")), as: ProfileRequest.self))
        #expect(
            start.request
                == ProfileRequest(
                    target: .process(Scene.streamd), event: .pageFaults, seconds: 10))
        #expect(scene.shows("PAGE FAULTS  streamd 2214"))
    }

    @Test func theMenuOffersAllOfThem() throws {
        var scene = scene(rows: 60)
        scene.press(.character("x"))
        for text in ["profile: functions", "count its system calls", "off-CPU", "the whole host"] {
            #expect(scene.shows(text))
        }
        for _ in 0..<7 { scene.press(.down) }
        let start = try #require(
            Scene.started(scene.press(.enter), as: ProfileRequest.self))
        #expect(start.request == ProfileRequest(target: .host))
        #expect(scene.shows("PROFILE  the whole host"))
    }

    @Test func aForeignTreeHasNone() {
        var scene = scene()
        scene.state.settings.traits.machine = .foreign
        #expect(Scene.started(scene.press(.character("p"))) == nil)
        #expect(scene.shows("need the live machine"))
    }

    // MARK: Profile

    @Test func functionsComeInAsTheyAreSampled() throws {
        var scene = scene()
        let (profile, run) = try #require(
            Scene.started(scene.press(.character("p")), as: ProfileRequest.self))
        scene.probe(.reading(Scene.profile(profile, samples: 100)), run: run)
        #expect(scene.shows("sampling 0 s, 5 s left"))
        #expect(scene.row(7).contains("pthread_cond_timedwait"))
        #expect(scene.row(7).contains("61.0"))
        scene.probe(.finished(Scene.profile(profile)), run: run)
        #expect(scene.shows("done in"))
        #expect(scene.shows("495 samples"))
    }

    @Test func enterShowsTheCallsThatLeadToAFunction() throws {
        var scene = try profiled()
        scene.press(.enter)
        #expect(scene.state.place == .probe(.callTree))
        let selected = try #require(scene.rows(0..<30).first { $0.hasPrefix(">") })
        #expect(selected.contains("pthread_cond_timedwait"))
        #expect(scene.shows("rd_kafka_q_pop_serve"))
        scene.press(.home, .character("-"))
        #expect(!scene.shows("rd_kafka_q_pop_serve"))
        scene.press(.character("+"))
        #expect(scene.shows("rd_kafka_consume0"))
    }

    @Test func oneThreadCanBeShownAlone() throws {
        var scene = try profiled()
        scene.press(.tab, .tab)
        #expect(scene.shows("rdk:broker1"))
        scene.press(.down, .enter)
        #expect(scene.state.place == .probe(.functions))
        #expect(scene.shows("T4131 of"))
        #expect(scene.shows("app::Flusher::run()"))
        #expect(!scene.shows("pthread_cond_timedwait"))
    }

    @Test func whatWasFoundStaysBesideTheThread() throws {
        var scene = try profiled()
        scene.press(.escape, .enter)
        #expect(scene.shows("PROFILE 495 samples: pthread_cond_timedwait 61 %"))
        #expect(scene.shows("rd_kafka_q_pop_serve;cnd_timedwait_abs"))
    }

    @Test(arguments: ["svg", "folded", "json"]) func itIsSavedByTheEndingOfItsName(
        _ ending: String
    ) throws {
        var scene = try profiled()
        scene.press(.character("w"), .control("u"))
        scene.type("/tmp/p.\(ending)")
        let paths = scene.press(.enter).compactMap { effect in
            if case .saveReading(is Profile, _, _, let path) = effect { path } else { nil }
        }
        #expect(paths == ["/tmp/p.\(ending)"])
    }

    @Test func aSecondRunThatFailsLeavesWhatTheFirstFound() throws {
        var scene = try profiled()
        let (_, run) = try #require(Scene.started(scene.press(.character("r"))))
        #expect(scene.shows("below: what was found before"))
        scene.probe(.refused(ProbeRefusal("T4127 has ended")), run: run)
        #expect(scene.shows("T4127 has ended"))
        #expect(scene.shows("pthread_cond_timedwait"))
    }

    @Test func escapeStopsItAndThenGoesBack() {
        var scene = scene()
        scene.press(.character("p"))
        let stops = scene.press(.escape).contains {
            if case .stopProbe = $0 { true } else { false }
        }
        #expect(stops)
        #expect(scene.shows("stopping"))
    }

    @Test func lateReadingsOfAnEarlierProbeAreDropped() throws {
        var scene = scene()
        let (profile, run) = try #require(
            Scene.started(scene.press(.character("p")), as: ProfileRequest.self))
        scene.press(.character("1"), .character("2"), .character("p"))
        scene.probe(.finished(Scene.profile(profile)), run: run)
        #expect(scene.shows("sampling 0 s"))
    }

    // MARK: What must be agreed to

    @Test func whatStopsTheTargetIsDoneOnlyAfterAYes() throws {
        var scene = scene()
        let (profile, run) = try #require(
            Scene.started(scene.press(.character("p")), as: ProfileRequest.self))
        var accepted = profile
        accepted.mayStop = true
        let refusal = ProbeRefusal(
            "perf events are not permitted here", remedy: "sysctl kernel.perf_event_paranoid=1",
            offer: ProbeOffer(
                price: "stop T4127 20 times a second for 60 us", request: accepted))
        scene.probe(.refused(refusal), run: run)
        #expect(scene.shows("stop T4127 20 times a second for 60 us"))
        #expect(Scene.started(scene.press(.enter)) == nil)
        scene.press(.escape)
        #expect(scene.shows("perf events are not permitted here"))
        #expect(scene.shows("sysctl kernel.perf_event_paranoid=1"))
        scene.press(.character("O"))
        #expect(Scene.started(scene.press(.character("1"))) == nil)
        scene.press(.character("O"))
        let start = try #require(
            Scene.started(scene.press(.character("y")), as: ProfileRequest.self))
        #expect(start.request == accepted)
        // Once is not always.
        scene.probe(.finished(Scene.profile(accepted)), run: start.run)
        let again = try #require(
            Scene.started(scene.press(.character("r")), as: ProfileRequest.self))
        #expect(again.request == profile)
    }

    // MARK: The others

    @Test func systemCallsAreCountedByName() throws {
        var scene = scene()
        scene.press(.enter)
        let (calls, run) = try #require(
            Scene.started(scene.press(.character("n")), as: SystemCallRequest.self))
        #expect(calls == SystemCallRequest(target: .thread(Scene.target)))
        scene.probe(.finished(Scene.count(calls)), run: run)
        #expect(scene.shows("95 % of them futex"))
        let rows = scene.rows(0..<30)
        let row = try #require(rows.first { $0.hasPrefix(">") && $0.contains("futex") })
        #expect(row.contains("60k") && row.contains("12k") && row.contains("30k"))
        scene.press(.escape)
        #expect(scene.shows("CALLS   12.6k calls/s"))
    }

    @Test func waitsSayForWhat() throws {
        var scene = scene()
        let (waits, run) = try #require(
            Scene.started(scene.press(.character("o")), as: WaitRequest.self))
        scene.probe(.finished(Scene.waits(waits)), run: run)
        #expect(scene.shows("asleep 98 % of 5 s"))
        #expect(scene.shows("kernel futex_do_wait < __futex_wait"))
        #expect(scene.shows("T4131 rdk:broker1"))
    }

    @Test func stacksUnfoldToTheirThreads() throws {
        var scene = scene(rows: 60)
        let (stacks, run) = try #require(
            Scene.started(scene.press(.character("S")), as: StacksRequest.self))
        scene.probe(.finished(Scene.stacks(stacks)), run: run)
        #expect(scene.shows("futex_wait [k] < pthread_cond_wait < worker_loop (?)"))
        #expect(scene.shows("38 threads in 2 groups; 1 could not be read"))
        scene.press(.enter)
        #expect(scene.shows("T5036 worker-36"))
        scene.press(.end, .enter)
        #expect(scene.shows("T4127 poll"))
        scene.press(.down, .enter)
        #expect(scene.state.place == .thread(Scene.poll, of: Scene.streamd))
        scene.press(.escape)
        #expect(scene.state.place == .probe(.stacks))
    }

    // MARK: Hot functions

    @Test func whereNamesTheFunctionWhileItIsOn() {
        var scene = scene()
        let isStarted = scene.press(.character("W")).contains {
            if case .sampleFunctions(true) = $0 { true } else { false }
        }
        #expect(isStarted)
        let function = HotFunction(
            frame: CodeFrame(name: "rd_kafka_q_pop_serve", module: "streamd"),
            share: Percent(99.0), samples: 90)
        _ = scene.state.update(
            .hotFunctions(
                HotFunctions(
                    functions: [Scene.poll.tid: function], cost: Percent(0.3), frequency: 47)),
            at: scene.now)
        #expect(scene.shows("rd_kafka_q_pop"))
        #expect(scene.shows("WHERE: 47 Hz, 0.3% of a CPU"))
        let isStopped = scene.press(.character("W")).contains {
            if case .sampleFunctions(false) = $0 { true } else { false }
        }
        #expect(isStopped)
        #expect(!scene.shows("rd_kafka_q_pop"))
    }

    @Test func withoutRightsItSaysWhyAndIsOff() {
        var scene = scene()
        scene.press(.character("W"))
        let refusal = ProbeRefusal("perf_event_paranoid is 3", remedy: "run dxtop as root")
        _ = scene.state.update(
            .hotFunctions(HotFunctions(frequency: 0, refusal: refusal)), at: scene.now)
        #expect(scene.shows("perf_event_paranoid is 3: run dxtop as root"))
        #expect(!scene.state.probes.hotFunctions.isOn)
    }

    // MARK: Golden

    @Test(arguments: GoldenTests.shots) func pages(_ shot: GoldenTests.Shot) throws {
        for (key, name) in [("p", "profile"), ("o", "waits"), ("S", "stacks")] {
            var scene = Scene(
                columns: shot.columns, rows: shot.rows, glyphs: shot.glyphs,
                place: .threads(of: Scene.streamd))
            scene.sample(3)
            let (request, run) = try #require(
                Scene.started(scene.press(.character(Character(key)))))
            let reading = try #require(Scene.reading(of: request))
            scene.probe(.finished(reading), run: run)
            Golden.expect(scene.state.render(), matches: "\(name)-\(shot.name)")
            guard key == "p" else { continue }
            scene.press(.enter)
            Golden.expect(scene.state.render(), matches: "calls-\(shot.name)")
        }
    }
}

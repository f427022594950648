import ProcFormats
import ProcSampling
import TestTraits
import Testing
import Units

@testable import Probes

@Suite("Profiles by stopping threads", .needsRoot)
struct StopProfileTests {
    @Test("the offer says what it costs, and accepting it changes nothing else")
    func offer() throws {
        let target = unchecked(pid: 7, tid: 8)
        let request = ProfileRequest(target: .thread(target), seconds: 3)
        let offer = try #require(StopProfile(request)).offer
        #expect(
            offer.price.hasPrefix(
                "stop T8 20 times a second while it runs, for about 100us each: 0.2 % slower"))
        var accepted = request
        accepted.mayStop = true
        #expect(offer.request == .profile(accepted))
        let slow = ProfileRequest(target: .thread(target), event: .cpuClock(frequency: 5))
        #expect(try #require(StopProfile(slow)).offer.price.contains(" 5 times a second"))
    }

    @Test("neither page faults nor the host are seen by stopping")
    func limits() {
        #expect(StopProfile(ProfileRequest(target: .host)) == nil)
        let thread = ProbeTarget.thread(unchecked(pid: 7, tid: 8))
        #expect(StopProfile(ProfileRequest(target: thread, event: .pageFaults)) == nil)
    }

    @Test("the spinner is named, and let go of", arguments: [true, false])
    func spinner(isThread: Bool) async throws {
        try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            let request = ProfileRequest(
                target: isThread ? .thread(target) : .process(target.process), seconds: 60,
                mayStop: true)
            let stops = try #require(StopProfile(request))
            let stop = StopSign()
            let profile = try stops.run(until: stop) { if $0.samples >= 20 { stop.raise() } }
            #expect(profile.method == .stops)
            #expect(profile.frames.contains { $0.name == "rd_kafka_q_pop_serve" })
            let hottest = try #require(profile.threads.first)
            #expect((hottest.name, hottest.tid) == ("poll", target.thread.tid))
            #expect(profile.notes.contains { $0.hasPrefix("stopped ") })
            let reading = try #require(TargetReading.read(target))
            #expect(reading.tracer == nil)
            #expect(!reading.isHalted)
        }
    }

    @Test("who sleeps is not stopped")
    func sleeper() async throws {
        try await withWorkload("idle", "1") { workload in
            let target = try workload.target("first")
            for _ in 0..<5000 where TargetReading.read(target)?.state != .sleeping {
                try await Task.sleep(for: .milliseconds(1))
            }
            let request = ProfileRequest(target: .thread(target), seconds: 60, mayStop: true)
            let stop = StopSign()
            let profile = try #require(StopProfile(request)).run(until: stop) { reading in
                if reading.elapsed > .milliseconds(500) { stop.raise() }
            }
            #expect(profile.samples == 0)
            #expect(profile.notes.first?.hasPrefix("stopped 0 times") == true)
        }
    }
}

import Glibc
import ProcFormats
import Synchronization
import TestSupport
import Testing
import Units

@testable import ProcSampling

/// A recording: ten seconds, a snapshot each, sent on as they are asked for.
private final class MadeRecording: SampleSource {
    private var next = 0
    private let moments = (0..<10).map { Nanoseconds(UInt64(100 + $0) * 1_000_000_000) }

    var traits: SourceTraits {
        SourceTraits(isLive: false, machine: .foreign, span: moments[0]...moments[9])
    }

    func sample(_ interest: Interest, depth: SamplingDepth) -> Snapshot? {
        guard depth == .changes, next < moments.count else { return nil }
        defer { next += 1 }
        return Snapshot(
            sequence: next, time: WallTime(seconds: Int64(next)), moment: moments[next],
            interval: .seconds(1),
            host: HostSample(name: "edge-07", kernelRelease: "6.18", cpuCount: 8), processes: [])
    }

    func seek(to moment: Nanoseconds) -> Bool {
        guard let index = moments.firstIndex(where: { $0 >= moment }) else { return false }
        next = index
        return true
    }
}

@Suite struct SampleSourceTests {
    @Test func sourcesSayWhatTheyAre() throws {
        let live = try ProcRoot().source()
        #expect(live.traits == SourceTraits(isLive: true, machine: .own))
        #expect(live.amend(Interest()) == nil)
        #expect(live.sample(Interest(), depth: .changes)?.processes.isEmpty == false)
        #expect(live.amend(Interest())?.sequence == 0)
        #expect(!live.seek(to: Nanoseconds(0)))

        let tree = FakeTree()
        tree.write("stat", "cpu  1 0 1 9 0 0 0 0 0 0\n")
        let captured = try ProcRoot(path: tree.path).source()
        #expect(captured.traits == SourceTraits(isLive: false, machine: .foreign))
        #expect(captured.sample(Interest(), depth: .changes)?.processes.isEmpty == true)
    }

    /// What the dashboard runs over need not be a /proc tree.
    @Test func aRecordingIsRunAndSought() throws {
        let seen = Mutex<[Int]>([])
        let loop = try SamplingLoop.start(
            interval: .milliseconds(100), source: { _ in MadeRecording() }
        ) { snapshot in seen.withLock { $0.append(snapshot.sequence) } }
        defer { loop.stop() }
        #expect(SlowLaneTests.poll { seen.withLock { $0.last == 9 } })
        #expect(seen.withLock { $0 } == Array(0...9))
        loop.seek(to: Nanoseconds(107_500_000_000))
        #expect(SlowLaneTests.poll { seen.withLock { $0.count == 12 } })
        #expect(seen.withLock { $0 } == Array(0...9) + [8, 9])
        // There is nothing after the end: it stays where it is.
        loop.seek(to: Nanoseconds(200_000_000_000))
        loop.sampleNow()
        #expect(seen.withLock { $0.count } == 12)
    }

    // MARK: Written down

    /// All that this machine has, and what is read of it only where somebody looks.
    @Test func aSnapshotIsTheSameAfterItWasWrittenDown() throws {
        let sampler = Sampler(root: try ProcRoot())
        let first = sampler.sample(Interest(), depth: .everything)
        let own = try #require(first.processes.first { $0.id.pid.rawValue == getpid() })
        let thread = try #require(own.threads.first)
        let interest = Interest(
            selectedThread: thread.id, mappings: Interest.MappingsWish(process: own.id),
            network: NetworkWish(tables: .all, wantsRoutes: true, wantsNamespaces: true),
            columnsForAll: .all)
        #expect(
            SlowLaneTests.poll {
                let snapshot = sampler.sample(interest, depth: .everything)
                return snapshot.mappings?.progress == .complete && snapshot.network?.routes != nil
            })
        var snapshot = sampler.sample(interest, depth: .everything)
        #expect(snapshot.selectedThread != nil)
        var again = try coded(snapshot)
        // What has keys that are no text stands in no order.
        #expect(again.polls == snapshot.polls)
        #expect(again.threadSources == snapshot.threadSources)
        (snapshot.polls, again.polls) = ([:], [:])
        (snapshot.threadSources, again.threadSources) = (nil, nil)
        #expect(try codedText(again) == codedText(snapshot))
    }

    @Test func quantitiesAreNumbers() throws {
        #expect(try codedText([ByteCount(4096)]) == "[4096]")
        #expect(try codedText([Percent(99.5)]) == "[99.5]")
        #expect(
            try codedText([Activity.running, .systemCall(7), .waitChannel("x")]) == "[true,7,\"x\"]"
        )
        #expect(
            try codedText(ProcessIdentity(pid: ProcessID(7), startTime: ClockTicks(9)))
                == #"{"pid":7,"startTime":9}"#)
        let activities: [Activity] = [.running, .systemCall(7), .waitChannel("x")]
        #expect(try coded(activities) == activities)
        #expect(try coded([SchedulingPolicy.fifo, .unknown(9)]) == [.fifo, .unknown(9)])
    }

    @Test func whatCouldNotBeReadIsAValue() throws {
        let denied = ProcError.denied(path: "/proc/1/stack")
        let wrapped = CodableResult<[String], ProcError>(wrappedValue: .failure(denied))
        #expect(try coded(wrapped).wrappedValue == .failure(denied))
        let read = CodableResult<[String], ProcError>(wrappedValue: .success(["a"]))
        #expect(try coded(read).wrappedValue == .success(["a"]))
    }
}

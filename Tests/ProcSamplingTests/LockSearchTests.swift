import Glibc
import ProcFormats
import ProcReading
import Samples
import Testing
import Units

@testable import ProcSampling

struct LockSearchTests {
    /// What a thread does while it is alone is not followed: with others it is asked anew.
    @Test func oneThatWasAloneIsSearchedAgain() throws {
        let process = TrackedProcess(
            sample: ProcessSample(
                id: ProcessIdentity(pid: ProcessID(7), startTime: ClockTicks(1)), name: "streamd",
                state: .sleeping),
            gateTime: Nanoseconds(0), gateAt: Instant(nanoseconds: 0))
        process.isSearchedForLocks = true
        var search = LockSearch()
        search.search(
            [process], elapsed: .seconds(1), reader: ProcReader(root: try ProcRoot()), own: nil)
        #expect(!process.isSearchedForLocks)
    }

    /// Threads that slept, ran for some microseconds and then wait for each other are found, whoever
    /// tells of them: by sources that are asked for each, what they used is too little to look for.
    @Test(arguments: ThreadSourceKind.allCases)
    func whoRanForAMomentAndWaitsIsFound(_ source: ThreadSourceKind) throws {
        let program = try StartedWorkload("deadlock", "6", "--later")
        let sampler = Sampler(root: try ProcRoot(), source: source)
        func tracked() -> TrackedProcess? { sampler.processes.first { $0.pid == program.pid } }
        func isSampled(until isDone: (Snapshot) -> Bool) -> Bool {
            SlowLaneTests.poll {
                // Less than a part of a second is too short to read anything in.
                usleep(90_000)
                return isDone(sampler.sample(Interest()))
            }
        }
        #expect(isSampled { _ in tracked()?.isSearchedForLocks == true })
        kill(program.pid.rawValue, SIGUSR1)
        #expect(
            isSampled { snapshot in
                snapshot.polls.values.contains {
                    $0.process.pid == program.pid && $0.shareWaitingForLocks >= Percent(Float(90))
                }
            })
    }
}

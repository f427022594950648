import Glibc
import ProcFormats
import ProcReading
import Samples
import Testing
import Units

@testable import ProcSampling

struct LockSearchTests {
    /// Of a thread that is alone only waits for other processes count: with others it is asked anew.
    @Test func oneThatWasAloneIsSearchedAgain() throws {
        let process = TrackedProcess(
            sample: ProcessSample(
                id: ProcessIdentity(pid: ProcessID(7), startTime: ClockTicks(1)), name: "streamd",
                state: .sleeping),
            gateTime: Nanoseconds(0), gateAt: Instant(nanoseconds: 0))
        func add(_ number: Int32) {
            let id = ThreadIdentity(tid: ThreadID(number), startTime: ClockTicks(1))
            process.sample.threads.append(
                ThreadSample(id: id, process: process.pid, name: "streamd", state: .sleeping))
            process.counters.append(ThreadCounters())
        }
        var search = LockSearch()
        func mark() throws -> UInt32 {
            search.search(
                [process], elapsed: .seconds(1), reader: ProcReader(root: try ProcRoot()), own: nil)
            #expect(process.isSearchedForLocks)
            return process.counters[0].lockSearchMark
        }
        add(7)
        let alone = try mark()
        #expect(try mark() == alone)
        add(8)
        #expect(try mark() != alone)
    }

    /// Whether two threads of a program, or of its children, are found so before long.
    private func findsTwo(
        of program: StartedWorkload, _ isMeant: (ThreadPoll) -> Bool
    ) throws -> Bool {
        let sampler = Sampler(root: try ProcRoot())
        return SlowLaneTests.poll {
            usleep(90_000)
            let polls = sampler.sample(Interest()).polls.values.filter {
                $0.process.pid == program.pid
                    || TaskHandle($0.process).stat?.parent == program.pid
            }
            return polls.count(where: isMeant) == 2
        }
    }

    /// Circles of other locks than plain mutexes, and between processes that have one thread each.
    @Test(arguments: ["--rwlock", "--processes"])
    func whoHoldsWhatTheyWaitForIsTold(_ option: String) throws {
        let program = try StartedWorkload("deadlock", "2", option)
        #expect(try findsTwo(of: program) { !$0.holders.isEmpty })
    }

    @Test func aWaitWithALimitIsTold() throws {
        let program = try StartedWorkload("deadlock", "2", "--patience", "600")
        #expect(try findsTwo(of: program) { $0.limitedWaits > 0 && !$0.holders.isEmpty })
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

import Glibc
import ProcFormats
import Synchronization
import Testing
import Units

@testable import ProcSampling

/// Against this machine, and threads whose behaviour is known.
@Suite(.serialized)
struct LiveTests {
    private func own(_ snapshot: Snapshot) throws -> ProcessSample {
        try #require(snapshot.processes.first { $0.id.pid.rawValue == getpid() })
    }

    private func thread(_ tid: Int32, _ snapshot: Snapshot) throws -> ThreadSample? {
        try own(snapshot).threads.first { $0.id.tid.rawValue == tid }
    }

    /// Starts threads and waits until they run.
    private func start(
        _ load: LoadThreads, _ behaviour: LoadThreads.Behaviour, count: Int = 1
    ) throws -> [Int32] {
        let before = load.threads.count
        load.start(behaviour, count: count)
        try #require(SlowLaneTests.poll { load.threads.count == before + count })
        return Array(load.threads[before...])
    }

    @Test(arguments: ThreadSourceKind.allCases)
    func aSpinnerIsMeasuredAtTheSecondRefresh(_ kind: ThreadSourceKind) throws {
        let load = LoadThreads()
        defer { load.stop() }
        _ = try start(load, .idle, count: 50)
        let tid = try start(load, .spin)[0]
        let sampler = Sampler(root: try ProcRoot(), source: kind)
        func now() -> (time: Double, at: Instant) { (LoadThreads.time(of: tid), .now) }
        // A sample takes a while, and somewhere in it the thread is read.
        let before = now()
        _ = sampler.sample(Interest())
        let start = now()
        usleep(1_000_000)
        let end = now()
        let sample = try #require(try thread(tid, sampler.sample(Interest())))
        let after = now()
        let least = (end.time - start.time) / after.at.since(before.at).seconds
        let most = (after.time - before.time) / end.at.since(start.at).seconds
        let cpu = Double(try #require(sample.cpu).rawValue) / 100
        #expect(cpu > least - 0.02 && cpu < most + 0.02, "\(least) \(cpu) \(most)")
        #expect(try #require(sample.user) > .zero)
    }

    @Test func idleThreadsBesideASpinnerAreNotRead() throws {
        let load = LoadThreads()
        defer { load.stop() }
        let idle = Set(try start(load, .idle, count: 300))
        _ = try start(load, .spin)
        let sampler = Sampler(root: try ProcRoot(), source: .proc)
        _ = sampler.sample(Interest())
        var carried = 0
        // Other tests' threads come and go in this process, so not every refresh is calm.
        _ = SlowLaneTests.poll {
            usleep(300_000)
            let threads = (try? own(sampler.sample(Interest())).threads) ?? []
            carried = threads.filter { $0.isCarriedOver && idle.contains($0.id.tid.rawValue) }.count
            return carried > 280
        }
        #expect(carried > 280)
    }

    /// What the walk says of each thread against the thread's own clock, over several refreshes.
    @Test(arguments: ThreadSourceKind.allCases)
    func figuresAgreeWithEachThreadsClock(_ kind: ThreadSourceKind) throws {
        let load = LoadThreads()
        defer { load.stop() }
        _ = try start(load, .idle, count: 100)
        var tids: [Int32] = []
        for share in [0.3, 0.15, 0.08, 0.03, 0.03, 0.01, 0.01, 0.01, 0.002, 0.002] {
            tids += try start(load, .share(share))
        }
        let sampler = Sampler(root: try ProcRoot(), source: kind)
        _ = sampler.sample(Interest())
        usleep(200_000)
        // A sample takes a while, and somewhere in it each thread is read.
        let beforeFirst = tids.map(LoadThreads.time)
        _ = sampler.sample(Interest())
        let began = Instant.now
        let afterFirst = tids.map(LoadThreads.time)
        var beforeLast = afterFirst
        var reported = tids.map { _ in 0.0 }
        for _ in 0..<6 {
            usleep(500_000)
            beforeLast = tids.map(LoadThreads.time)
            let snapshot = sampler.sample(Interest())
            let interval = try #require(snapshot.interval).inNanoseconds.seconds
            for (index, tid) in tids.enumerated() {
                let cpu = try #require(try thread(tid, snapshot)).cpu ?? .zero
                reported[index] += Double(cpu.rawValue) / 100 * interval
            }
        }
        let tolerance = 0.02 * Instant.now.since(began).seconds
        for (index, tid) in tids.enumerated() {
            let least = beforeLast[index] - afterFirst[index]
            let most = LoadThreads.time(of: tid) - beforeFirst[index]
            let cpu = reported[index]
            #expect(cpu > least - tolerance && cpu < most + tolerance, "\(least) \(cpu) \(most)")
        }
    }

    @Test func aWaitingThreadTellsWhereItWaits() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer {
            close(ends[0])
            close(ends[1])
        }
        let end = ends[0]
        let load = LoadThreads()
        load.start(.read(end))
        try #require(SlowLaneTests.poll { !load.threads.isEmpty })
        let sampler = Sampler(root: try ProcRoot())
        var snapshot = sampler.sample(Interest())
        let id = try #require(try thread(load.threads[0], snapshot)).id
        let interest = Interest(selectedThread: id)
        _ = SlowLaneTests.poll {
            snapshot = sampler.sample(interest)
            return snapshot.selectedThread?.systemCallName == "read"
        }
        let detail = try #require(snapshot.selectedThread)
        #expect(detail.systemCallName == "read")
        #expect(detail.systemCallFile?.hasPrefix("pipe:[") == true)
        #expect(detail.stat.state == .sleeping)
        #expect(detail.voluntarySwitchesTotal != nil)
        #expect(detail.allowedCPUs != nil)
        #expect(detail.tracer == nil)
        if case .success(.blocked(_, let arguments)) = detail.systemCall {
            #expect(arguments.first == UInt64(end))
        } else {
            Issue.record("not blocked: \(detail.systemCall)")
        }
        _ = write(ends[1], "x", 1)
    }

    @Test func threadsThatComeAndGoDoNoHarm() throws {
        let load = LoadThreads()
        defer { load.stop() }
        load.start(.churn(200), count: 20)
        let sampler = Sampler(root: try ProcRoot())
        for _ in 0..<20 {
            let snapshot = sampler.sample(Interest())
            let ids = try own(snapshot).threads.map(\.id)
            #expect(Set(ids).count == ids.count)
            #expect(snapshot.trouble.malformed == 0)
            usleep(20_000)
        }
    }

    @Test func aForkStormDoesNoHarm() throws {
        let sampler = Sampler(root: try ProcRoot())
        var children: [pid_t] = []
        for _ in 0..<4 {
            var pid = pid_t()
            let script = "i=0; while [ $i -lt 2000 ]; do /bin/true; i=$((i+1)); done"
            let words = ["/bin/sh", "-c", script]
            var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
            arguments.append(nil)
            defer { arguments.forEach { free($0) } }
            try #require(posix_spawn(&pid, "/bin/sh", nil, nil, arguments, environ) == 0)
            children.append(pid)
        }
        defer {
            for child in children {
                kill(child, SIGKILL)
                waitpid(child, nil, 0)
            }
        }
        for _ in 0..<15 {
            let snapshot = sampler.sample(Interest(), depth: .everything)
            let ids = snapshot.processes.map(\.id)
            #expect(Set(ids).count == ids.count)
            #expect(
                snapshot.trouble.malformed == 0, "\(snapshot.trouble.malformedFiles.last ?? "")")
            usleep(100_000)
        }
    }

    @Test func ourOwnProcessIsDescribed() throws {
        let sampler = Sampler(root: try ProcRoot())
        var process = try own(sampler.sample(Interest(), depth: .everything))
        #expect(
            SlowLaneTests.poll {
                guard let now = try? own(sampler.sample(Interest(), depth: .everything)) else {
                    return false
                }
                process = now
                return now.command != nil
            })
        #expect(process.command?.isEmpty == false)
        #expect(process.user == UserID(geteuid()))
        #expect(process.parent.rawValue == getppid())
        #expect(try #require(process.residentMemory) > ByteCount(kibibytes: 1024))
        #expect(process.memory?.anonymous != nil)
        #expect(!process.isKernelThread)
        #expect(process.cgroup?.hasPrefix("/") == true)
    }

    @Test func theLoopDeliversEarlyAndInOrder() throws {
        let extents = Mutex<[(Int, Snapshot.Extent)]>([])
        let loop = try SamplingLoop.start(root: try ProcRoot(), interval: .milliseconds(200)) {
            snapshot in
            extents.withLock { $0.append((snapshot.sequence, snapshot.extent)) }
        }
        #expect(SlowLaneTests.poll { extents.withLock { $0.count } >= 4 })
        loop.stop()
        let seen = extents.withLock { $0 }.prefix(4)
        #expect(seen.map(\.0) == [0, 1, 2, 3])
        #expect(seen.map(\.1).prefix(3) == [.processesOnly, .complete, .complete])
    }

    @Test func anExtraSampleKeepsTheSequenceNumber() throws {
        let seen = Mutex<[Snapshot]>([])
        let loop = try SamplingLoop.start(root: try ProcRoot(), interval: .seconds(1000)) {
            snapshot in
            seen.withLock { $0.append(snapshot) }
        }
        defer { loop.stop() }
        // Two at once and one for the first rates; the next would take a quarter of an hour.
        try #require(SlowLaneTests.poll { seen.withLock { $0.count } == 3 })
        let last = try #require(seen.withLock { $0.last })
        let chosen = try #require(try own(last).threads.first).id
        loop.setInterest(Interest(selectedThread: chosen))
        loop.sampleNow()
        try #require(SlowLaneTests.poll { seen.withLock { $0.count } == 4 })
        let amended = try #require(seen.withLock { $0.last })
        #expect(amended.sequence == last.sequence)
        #expect(amended.selectedThread?.id == chosen)
        #expect(last.selectedThread == nil)
    }

    @Test func usersHaveNames() {
        var users = UserDirectory()
        users.refresh()
        #expect(users.names[UserID(0)] == "root")
        #expect(users.names[UserID(4_000_000_000)] == nil)
    }
}

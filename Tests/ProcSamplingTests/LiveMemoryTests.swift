import Glibc
import ProcFormats
import Synchronization
import Testing
import Units

@testable import ProcSampling

/// Memory of this machine's processes and groups, with sizes that are known.
@Suite(.serialized)
struct LiveMemoryTests {
    private func identity(_ pid: pid_t) throws -> ProcessIdentity {
        try #require(try ProcRoot().identity(of: ProcessID(pid)))
    }

    private func sample(
        _ sampler: Sampler, of pid: pid_t, _ interest: Interest = Interest()
    ) throws -> ProcessSample {
        try #require(
            sampler.sample(interest).processes.first { $0.id.pid.rawValue == pid })
    }

    /// What a sampler says of the mappings of a process, once they are read.
    private func mappings(of pid: pid_t) throws -> MappingsReading {
        let sampler = Sampler(root: try ProcRoot())
        let interest = Interest(mappings: .init(process: try identity(pid)))
        var reading = sampler.sample(interest).mappings
        _ = SlowLaneTests.poll {
            reading = sampler.amend(interest)?.mappings
            return reading?.progress != .reading
        }
        return try #require(reading)
    }

    // MARK: Processes

    @Test func whatThisProcessMapsAndTouchesShows() throws {
        let sampler = Sampler(root: try ProcRoot())
        let shown = Interest(shownProcesses: [try identity(getpid())])
        let before = try #require(try sample(sampler, of: getpid(), shown).memory)
        let anonymous = try Region(mebibytes: 64, shared: false)
        let shared = try Region(mebibytes: 32, shared: true)
        anonymous.touch(mebibytes: 48)
        shared.touch(mebibytes: 32)
        let after = try #require(try sample(sampler, of: getpid(), shown).memory)
        func grown(_ part: KeyPath<MemoryUse, ByteCount?>) -> Double {
            let (new, old) = (after[keyPath: part]?.rawValue, before[keyPath: part]?.rawValue)
            return (Double(new ?? 0) - Double(old ?? 0)) / Double(1 << 20)
        }
        // Other tests' threads allocate a little meanwhile, and give some back.
        #expect(abs(grown(\.anonymous) - 48) < 3)
        #expect(abs(grown(\.shared) - 32) < 1)
        #expect(abs(grown(\.file)) < 3)
        #expect(grown(\.addressSpace) > 92)
        #expect(after.peak.map { $0.rawValue >= 80 << 20 } == true)
        _ = (anonymous, shared)
    }

    @Test func growthIsSeenThoughTheRowIsNotShown() throws {
        let sampler = Sampler(root: try ProcRoot())
        _ = sampler.sample(Interest())
        let before = try #require(try sample(sampler, of: getpid()).memory?.anonymous)
        let region = try Region(mebibytes: 32, shared: false)
        region.touch(mebibytes: 32)
        usleep(50_000)
        let after = try #require(try sample(sampler, of: getpid()).memory?.anonymous)
        #expect(after.rawValue > before.rawValue + 28 << 20)
    }

    @Test func aQuietProcessHasTheFiguresOfItsRollupToThePage() throws {
        let child = try Child("/bin/sleep", "1000")
        defer { child.end() }
        let reader = ProcReader(root: try ProcRoot())
        let sampler = Sampler(root: try ProcRoot())
        let shown = Interest(shownProcesses: [try identity(child.pid)])
        var found: (status: UInt64?, rollup: UInt64) = (0, 0)
        // It may still be starting.
        _ = SlowLaneTests.poll {
            guard let process = try? sample(sampler, of: child.pid, shown),
                let rollup = try? reader.read(
                    .process(ProcessID(child.pid), "smaps_rollup"),
                    as: SmapsRollup.self),
                let resident = rollup.resident, let anonymous = rollup.anonymous,
                let memory = process.memory
            else { return false }
            let parts = [memory.anonymous, memory.file, memory.shared]
            let sum = parts.reduce(UInt64(0)) { $0 + ($1?.rawValue ?? 0) }
            found = (sum, resident.rawValue)
            return process.name == "sleep" && abs(Int(sum) - Int(found.rollup)) <= Self.inexactness
                && abs(Int(memory.anonymous?.rawValue ?? 0) - Int(anonymous.rawValue))
                    <= Self.inexactness
                && process.residentMemory?.rawValue == sum
        }
        #expect(
            abs(Int(found.status ?? 0) - Int(found.rollup)) <= Self.inexactness, "\(found)")
        #expect(found.rollup > 100_000)
    }

    /// How far `status` may be off before 6.17: each CPU keeps back a batch of pages, of each of
    /// three counters.
    private static let inexactness: Int = {
        var name = utsname()
        uname(&name)
        let release = withUnsafeBytes(of: name.release) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        let numbers = release.split(separator: ".").prefix(2).compactMap { Int($0) }
        if numbers.count == 2, (numbers[0], numbers[1]) >= (6, 17) { return 0 }
        let cpus = sysconf(Int32(_SC_NPROCESSORS_CONF))
        return 3 * cpus * max(64, 2 * cpus) * Int(getpagesize())
    }()

    // MARK: Mappings

    @Test func mappingsAddUpToTheRollup() throws {
        let child = try Child("/bin/sleep", "1000")
        defer { child.end() }
        let sampler = Sampler(root: try ProcRoot())
        _ = SlowLaneTests.poll { (try? sample(sampler, of: child.pid).name) == "sleep" }
        let reading = try mappings(of: child.pid)
        #expect(reading.progress == .complete)
        let rollup = try #require(reading.rollup)
        func sum(_ part: KeyPath<Mapping, ByteCount>) -> UInt64 {
            reading.mappings.reduce(0) { $0 + $1[keyPath: part].rawValue }
        }
        // It may have touched another page between the two.
        #expect(
            abs(Int(sum(\.resident)) - Int(try #require(rollup.resident).rawValue)) <= 256 * 1024)
        #expect(sum(\.swap) == rollup.swap?.rawValue)
        // Each mapping's share is cut off to whole KiB.
        let gap = Int(try #require(rollup.proportional).rawValue) - Int(sum(\.proportional))
        #expect(gap > -64 * 1024 && gap < 64 * 1024 + reading.mappings.count * 1024)
        let starts = reading.mappings.map(\.start)
        #expect(starts == starts.sorted())
        #expect(reading.mappings.contains { $0.kind == .mainStack && $0.name == "[stack]" })
        #expect(reading.mappings.contains { $0.kind == .file && $0.name.hasSuffix("/sleep") })
        #expect(reading.mappings.contains { $0.kind == .kernel && $0.name == "[vdso]" })
    }

    @Test func stacksAndArenasOfThreadsAreTold() throws {
        let load = LoadThreads()
        defer { load.stop() }
        load.start(.idle, count: 3)
        try #require(SlowLaneTests.poll { load.threads.count == 3 })
        // Each of them allocated memory when it began.
        #expect(try mappings(of: getpid()).mappings.contains { $0.kind == .arena })
        // They note their number a moment before they sleep, and who runs does not tell.
        #expect(
            SlowLaneTests.poll {
                guard let reading = try? mappings(of: getpid()) else { return false }
                return load.threads.allSatisfy { thread in
                    reading.mappings.contains { mapping in
                        mapping.kind == .threadStack(ThreadID(thread))
                            && mapping.size.rawValue < 1 << 20
                    }
                }
            })
    }

    /// A reader that reads to the end, however little CPU it gets.
    private func patientReader(_ root: ProcRoot, _ session: MappingsLane.Session) -> MappingsReader
    {
        var reader = MappingsReader(root: root, session: session)
        reader.longest = Nanoseconds(3600 * 1_000_000_000)
        return reader
    }

    /// The reading stands still in its middle until refreshes were delivered: a sampler that waits
    /// for it would wait for ever.
    @Test func fiftyThousandMappingsDoNotHoldUpSampling() throws {
        let count = 50_000
        let region = try Region(pages: count)
        for page in stride(from: 0, to: count, by: 2) { region.protect(page) }
        let root = try ProcRoot()
        let refreshes = Atomic(0)
        let enough = 5
        let lane = MappingsLane(
            changed: {
                _ = SlowLaneTests.poll { refreshes.load(ordering: .relaxed) >= enough }
            },
            read: { process, session in patientReader(root, session).read(process) })
        let sampler = Sampler(root: root, machine: .current, mappingsLane: lane)
        let interest = Interest(mappings: .init(process: try identity(getpid())))
        var reading: MappingsReading?
        var whileReading = 0
        #expect(
            SlowLaneTests.poll {
                reading = sampler.sample(interest).mappings
                if reading?.progress == .reading { whileReading += 1 }
                refreshes.add(1, ordering: .relaxed)
                return reading?.progress != .reading
            })
        #expect(whileReading >= enough)
        #expect(reading?.progress == .complete)
        #expect(try #require(reading?.mappings.count) >= count)
        #expect(try #require(reading?.duration) > .zero)
        _ = region
    }

    @Test func aReadingIsGivenUpBetweenTwoReads() throws {
        let count = 40_000
        let region = try Region(pages: count)
        for page in stride(from: 0, to: count, by: 2) { region.protect(page) }
        let root = try ProcRoot()
        let process = try identity(getpid())
        let ends = Mutex<[Instant]>([])
        let lane = MappingsLane(changed: {}) { process, session in
            patientReader(root, session).read(process)
            ends.withLock { $0.append(.now) }
        }
        let wish = Interest.MappingsWish(process: process)
        lane.want(wish)
        try #require(SlowLaneTests.poll { lane.reading?.rollup != nil })
        // The sums are known, so it is among the mappings now.
        let given = Instant.now
        lane.want(nil)
        #expect(lane.reading == nil)
        try #require(SlowLaneTests.poll { ends.withLock { $0.count } == 1 })
        let rest = ends.withLock { $0[0] }.since(given)
        // It was not complete: the same wish begins again, and that one takes longer.
        lane.want(wish)
        #expect(lane.reading?.number == 2)
        #expect(SlowLaneTests.poll { lane.reading?.progress == .complete })
        let whole = try #require(lane.reading).duration.inNanoseconds
        #expect(rest.rawValue < whole.rawValue / 2)
        #expect(try #require(lane.reading?.mappings.count) >= count)
        _ = region
    }

    @Test func moreMappingsThanAreKeptAreCut() throws {
        let tree = FakeTree()
        tree.setProcess(100, [(100, FakeTree.Task())])
        var text = ""
        for number in 1...(MappingsReader.mostMappings + 10) {
            let start = String(number * 4096, radix: 16)
            let end = String(number * 4096 + 4096, radix: 16)
            text += "\(start)-\(end) r--p 0 0:0 0 \nRss: 4 kB\nPss: 4 kB\nVmFlags: rd\n"
        }
        tree.write("100/smaps", text)
        let sampler = try tree.sampler(clock: .kernel)
        func read(_ number: Int, start: UInt64 = 500) -> MappingsReading? {
            let process = ProcessIdentity(pid: ProcessID(100), startTime: ClockTicks(start))
            let interest = Interest(mappings: .init(process: process, number: number))
            var reading = sampler.sample(interest).mappings
            _ = SlowLaneTests.poll {
                reading = sampler.amend(interest)?.mappings
                return reading?.progress != .reading
            }
            return reading
        }
        let cut = read(1)
        #expect(cut?.progress == .cut(.count))
        #expect(cut?.mappings.count == MappingsReader.mostMappings)
        #expect(cut?.rollup == nil)
        tree.write("100/smaps", "1000-2000 r--p 0 0:0 0 \nRss: 4 kB\nPss")
        #expect(
            read(2)?.progress == .failed(.malformed(path: "100/smaps", .init(.truncated, at: 37))))
        // Another process has its number.
        #expect(read(3, start: 501)?.progress == .failed(.vanished(path: "100/stat")))
        tree.remove("100/smaps")
        #expect(read(4)?.progress == .failed(.vanished(path: "100/smaps")))
    }

    @Test func theLoopDeliversAReadingAsSoonAsItIsComplete() throws {
        let seen = Mutex<[Snapshot]>([])
        let loop = try SamplingLoop.start(root: try ProcRoot(), interval: .seconds(1000)) {
            snapshot in
            seen.withLock { $0.append(snapshot) }
        }
        defer { loop.stop() }
        try #require(SlowLaneTests.poll { seen.withLock { $0.count } == 3 })
        loop.setInterest(Interest(mappings: .init(process: try identity(getpid()))))
        loop.sampleNow()
        #expect(
            SlowLaneTests.poll {
                seen.withLock { $0.last?.mappings?.progress } == .complete
            })
        let all = seen.withLock { $0 }
        #expect(all.last?.sequence == all[2].sequence)
        #expect(all.last?.mappings?.mappings.isEmpty == false)
    }

    // MARK: Control groups

    @Test(.enabled(if: Group.canBeMade, "needs the right to make a group of version 1"))
    func theLowestLimitAlongThePathAndAKillInIt() throws {
        let outer = try Group("dxtop-test-\(getpid())", limit: 20 << 20)
        defer { outer.remove() }
        let inner = try Group(outer.name + "/inner", limit: 64 << 20)
        defer { inner.remove() }
        let sampler = Sampler(root: try ProcRoot())
        let before = sampler.sample(Interest()).host.oomKills

        // Waits in the group, then takes more than there is.
        let script = "echo $$ > \(inner.directory)/cgroup.procs; read x; exec tail /dev/zero"
        let child = try Child("/bin/sh", "-c", script)
        defer { child.end() }
        let shown = Interest(shownProcesses: [try identity(child.pid)])
        var snapshot = sampler.sample(shown)
        var process = try sample(sampler, of: child.pid, shown)
        #expect(
            SlowLaneTests.poll {
                snapshot = sampler.sample(shown, depth: .everything)
                guard let now = snapshot.processes.first(where: { $0.id == process.id }) else {
                    return false
                }
                process = now
                return now.memoryGroup?.hasSuffix(inner.name) == true
                    && snapshot.limitingGroups(of: now).count >= 2
            })
        let limits = snapshot.limitingGroups(of: process).map(\.limit)
        #expect(limits.first == ByteCount(20 << 20))
        #expect(limits.contains(ByteCount(64 << 20)))
        let path = try #require(process.memoryGroup)
        #expect(snapshot.memoryGroups[path]?.oomKills == 0)

        child.write("\n")
        #expect(
            SlowLaneTests.poll {
                snapshot = sampler.sample(Interest())
                return snapshot.host.oomKills?.victims.isEmpty == false
            })
        let kills = try #require(snapshot.host.oomKills)
        #expect(kills.total >= (before?.total ?? 0) + 1)
        #expect(kills.sinceStart >= 1)
        #expect(kills.lastSeen != nil)
        let victim = try #require(
            kills.victims.first { $0.process == ProcessID(child.pid) && $0.name == "tail" })
        #expect(victim.isOfGroup)
        // The lowest limit was the outer group's.
        let group = try #require(victim.group)
        #expect(group != path && path.hasPrefix(group + "/"))
    }
}

/// A region of memory of this process.
private final class Region {
    private let start: UnsafeMutableRawPointer
    private let count: Int

    init(count: Int, shared: Bool) throws {
        self.count = count
        let flags = MAP_ANONYMOUS | (shared ? MAP_SHARED : MAP_PRIVATE)
        let mapped = mmap(nil, count, PROT_READ | PROT_WRITE, flags, -1, 0)
        start = try #require(mapped == MAP_FAILED ? nil : mapped)
    }

    convenience init(mebibytes: Int, shared: Bool) throws {
        try self.init(count: mebibytes << 20, shared: shared)
    }

    convenience init(pages: Int) throws {
        try self.init(count: pages * Int(getpagesize()), shared: false)
    }

    deinit { munmap(start, count) }

    func touch(mebibytes: Int) {
        for offset in stride(from: 0, to: mebibytes << 20, by: Int(getpagesize())) {
            start.storeBytes(of: 1, toByteOffset: offset, as: UInt8.self)
        }
    }

    /// Makes a mapping of its own of a page.
    func protect(_ page: Int) {
        mprotect(start + page * Int(getpagesize()), Int(getpagesize()), PROT_READ)
    }
}

/// A program that was started, with a pipe to its input.
private final class Child {
    let pid: pid_t
    private let input: Int32

    init(_ words: String...) throws {
        let started = try PipedProgram(words, piping: .input)
        pid = started.pid
        input = started.pipe
    }

    func write(_ text: String) {
        _ = text.utf8.withContiguousStorageIfAvailable {
            Glibc.write(input, $0.baseAddress, $0.count)
        }
    }

    func end() {
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
        close(input)
    }
}

/// A control group of version 1.
private struct Group {
    private static let mount: String? = {
        guard let root = try? ProcRoot(),
            let hierarchy = GroupHierarchies.current(ProcReader(root: root)).memory,
            !hierarchy.isUnified,
            hierarchy.root == "/"
        else { return nil }
        return hierarchy.mountPoint
    }()

    static let canBeMade: Bool = {
        guard let mount else { return false }
        let probe = mount + "/dxtop-probe-\(getpid())"
        guard mkdir(probe, 0o755) == 0 else { return false }
        return rmdir(probe) == 0
    }()

    let name: String
    let directory: String

    init(_ name: String, limit: Int) throws {
        self.name = name
        directory = try #require(Self.mount) + "/" + name
        try #require(mkdir(directory, 0o755) == 0)
        set("memory.limit_in_bytes", limit)
        // Where there is swap, too, or nothing would ever be killed; where there is none, absent.
        set("memory.memsw.limit_in_bytes", limit)
    }

    private func set(_ file: String, _ value: Int) {
        let descriptor = open(directory + "/" + file, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        _ = Array("\(value)\n".utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }

    /// Once the last process in it is gone, which takes a moment.
    func remove() {
        _ = SlowLaneTests.poll { rmdir(directory) == 0 }
    }
}

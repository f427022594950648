import Glibc
import ProcSampling
import Subprocess
import Synchronization
import TestTraits
import Testing
import Units

@testable import Probes

/// Samples until `isEnough` says so of a reading.
private func profile(
    _ request: ProfileRequest, isEnough: @escaping @Sendable (Profile) -> Bool
) async throws -> Profile {
    let log = ProfileLog()
    let run = ProbeRun.start(request) { event in log.take(event) }
    defer { run.stop() }
    try await eventually("a profile with enough in it") { () -> Void? in
        log.isOver || log.latest.map(isEnough) ?? false ? () : nil
    }
    run.stop()
    try await eventually("the end") { log.isOver ? () : nil }
    return try log.result()
}

/// Profiles of programs whose behaviour is known.
@Suite(.needsRoot)
struct ProfileProbeTests {
    func chains(_ profile: Profile) -> [String] {
        profile.stacks.map { stack in
            stack.frames.map { profile.frames[$0].name }.joined(separator: ";")
        }
    }

    @Test func `the spinner's chain is named, all of it`() async throws {
        try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            let request = ProfileRequest(target: .thread(target), seconds: 60)
            let profile = try await profile(request) { $0.samples > 100 }
            #expect(profile.method == .perfEvents(kernel: true))
            #expect(profile.threads.map(\.name) == ["poll"])
            #expect(profile.threads.map(\.tid) == [target.thread.tid])
            #expect(profile.stacks.reduce(0) { $0 + $1.count } == profile.samples)
            let inLoop = zip(profile.stacks, chains(profile)).filter { _, chain in
                chain.contains("rd_kafka_consume0;rd_kafka_q_pop_serve")
            }
            let count = inLoop.reduce(0) { $0 + $1.0.count }
            #expect(Double(count) > 0.9 * Double(profile.samples), "\(chains(profile))")
        }
    }

    @Test func `the host's profile finds who burns`() async throws {
        try await withWorkload("spin") { workload in
            let tid = try workload.target("poll").thread.tid
            let request = ProfileRequest(target: .host, seconds: 60)
            let profile = try await profile(request) { profile in
                profile.threads.contains { $0.tid == tid && $0.samples >= 50 }
            }
            #expect(chains(profile).contains { $0.contains("rd_kafka_q_pop_serve") })
            #expect(profile.threads.allSatisfy { $0.tid.rawValue != 0 }, "not the idle CPU")
        }
    }

    @Test func `page faults name the code that grows the memory`() async throws {
        try await withWorkload("grow", "--rate", "8192") { workload in
            let target = try workload.target("filler")
            let request = ProfileRequest(
                target: .process(target.process), event: .pageFaults, seconds: 60)
            let profile = try await profile(request) { $0.samples > 500 }
            let byFill = zip(profile.stacks, profile.stacks).filter { stack, _ in
                stack.frames.contains { profile.frames[$0].name == "fill" }
            }
            let count = byFill.reduce(0) { $0 + $1.0.count }
            #expect(Double(count) > 0.9 * Double(profile.samples), "\(chains(profile))")
            #expect(profile.notes.contains { $0.contains("page fault") })
        }
    }

    @Test func `threads too short for an event of their own are sampled all the same`() async throws
    {
        try await withWorkload("brief", "3") { workload in
            let target = try workload.target("starter")
            let request = ProfileRequest(target: .process(target.process), seconds: 60)
            let profile = try await profile(request) { $0.samples > 30 }
            #expect(chains(profile).contains { $0.contains("burn_once") })
            #expect(try #require(profile.used) > .milliseconds(250))
            #expect(profile.notes.contains { $0.contains("sampled by CPU") })
        }
    }

    @Test func `what used no CPU has no samples`() async throws {
        try await withWorkload("idle", "1") { workload in
            let target = try workload.target("first")
            let request = ProfileRequest(target: .thread(target), seconds: 60)
            let profile = try await profile(request) { $0.elapsed > .milliseconds(500) }
            #expect(profile.samples == 0)
            #expect(profile.stacks.isEmpty)
            #expect(profile.lost == 0)
        }
    }

    @Test func `a target that ends ends its profile`() async throws {
        let log = ProfileLog()
        let run = try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            let request = ProfileRequest(target: .thread(target), seconds: 3600)
            let run = ProbeRun.start(request) { log.take($0) }
            try await eventually("samples") { (log.latest?.samples ?? 0) > 0 ? () : nil }
            return run
        }
        try await eventually("its end") { log.isOver ? () : nil }
        let result = try log.result()
        #expect(result.samples > 0)
        #expect(result.notes.contains { $0.contains(" ended after ") })
        run.wait(atMost: .seconds(60))
        #expect(run.isFinished)
    }

    @Test func `a target that is gone is refused`() async throws {
        let gone = unchecked(pid: getpid(), tid: getpid())
        for target in [ProbeTarget.thread(gone), .process(gone.process)] {
            let request = ProfileRequest(target: target)
            #expect(throws: ProbeRefusal.self) { try request.run(until: StopSign()) }
        }
    }

    /// So many samples that chance alone makes no difference of 3 points: of half of 7,500 it makes
    /// 0.6. The rates differ, or the one would always look just after the other's interrupt, where
    /// the loop begins to move again. They differ a lot: both clocks begin anew each time that the thread
    /// gets a CPU, so that on a busy box two that hardly differ stay together until it has to go.
    @Test(.needs("perf"))
    func `shares agree with those of perf at the same time`() async throws {
        try await withWorkload("spin") { workload in
            let target = try workload.target("poll")
            // Where others take the CPU, the two do not see the same moments: then once more.
            var difference = try await largestDifference(from: target)
            for _ in 0..<3 where difference >= 3 {
                difference = try await largestDifference(from: target)
            }
            #expect(difference < 3)
        }
    }

    /// In percentage points, of the functions with more than 3 %.
    private func largestDifference(from target: ThreadTarget) async throws -> Double {
        let request = ProfileRequest(
            target: .thread(target), event: .cpuClock(frequency: 3989), seconds: 60)
        let file = "/tmp/dxtop-test-\(getpid()).perf"
        defer { unlink(file) }
        async let theirs = run(
            .name("perf"),
            arguments: [
                "record", "-q", "-e", "cpu-clock", "-F", "2503", "-t", "\(target.thread.tid)",
                "-o", file, "--", "sleep", "3",
            ], input: .none, output: .discarded, error: .discarded)
        let ours = try await profile(request) { $0.samples > 12_000 }
        #expect(try await theirs.terminationStatus.isSuccess)
        let report = try await run(
            .name("perf"),
            arguments: [
                "report", "-i", file, "--stdio", "-q", "--sort", "symbol", "-F", "overhead,sym",
            ], input: .none, output: .string(limit: 1 << 20), error: .discarded)
        let shares = Self.shares(report.standardOutput)
        #expect(shares.count > 2)
        var own: [String: Double] = [:]
        for function in ours.functions {
            // What is called through the PLT, and versions of a symbol, count as one.
            let name = String(ours.frames[function.frame].name.prefix { $0 != "@" })
            own[name, default: 0] += 100 * Double(function.selfCount) / Double(ours.samples)
        }
        let differences = try own.filter { $0.value > 3 }.map { name, share in
            abs(share - (try #require(shares[name], "\(name) is not in \(shares)")))
        }
        return try #require(differences.max())
    }

    /// By name, of lines such as "  61.24%  [.] pthread_cond_timedwait".
    private static func shares(_ report: String) -> [String: Double] {
        var shares: [String: Double] = [:]
        for line in report.split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count >= 3, let share = Double(words[0].dropLast()) else { continue }
            shares[String(words[2].prefix { $0 != "@" }), default: 0] += share
        }
        return shares
    }
}

/// Profiles of this process, which a plain user may take, too.
@Suite(.enabled(if: isRoot || paranoid <= 2))
struct OwnProfileTests {
    private let mayProfileKernel = isRoot || paranoid <= 1

    @Test func `a process's profile has the thread that began later`() async throws {
        let own = try currentTarget(pid: getpid(), tid: getpid()).process
        let request = ProfileRequest(target: .process(own), seconds: 60)
        let later = OwnThread(name: "began-later")
        defer { later.end() }
        let profile = try await profile(request) { profile in
            later.begin()
            return profile.threads.contains { $0.name == "began-later" && $0.samples >= 20 }
        }
        #expect(profile.threads.contains { $0.name == "began-later" })
        #expect(profile.threads.allSatisfy { $0.process == own.pid })
        let isUserOnly = profile.notes.contains { $0.hasPrefix("user functions only: ") }
        #expect(profile.method == .perfEvents(kernel: mayProfileKernel))
        #expect(isUserOnly == !mayProfileKernel)
        let met = profile.frames.contains { $0.origin == .kernel }
        #expect(mayProfileKernel || !met)
    }

    @Test func `page faults that come fast are counted by a part of them`() async throws {
        let own = try currentTarget(pid: getpid(), tid: getpid()).process
        let request = ProfileRequest(target: .process(own), event: .pageFaults, seconds: 60)
        let faulter = Faulter()
        defer { faulter.end() }
        let profile = try await profile(request) { profile in
            faulter.begin()
            return profile.notes.contains { $0.hasPrefix("faults came fast") }
                && profile.samples > 200_000
        }
        // Other tests of this process fault as well.
        let share = profile.threads.first.map { Double($0.samples) / Double(profile.samples) }
        #expect(profile.threads.first?.name == "faulter")
        #expect(try #require(share) > 0.5)
    }
}

private let paranoid = ToolEnvironment.current().perfEventParanoid ?? 2

/// What a profile reported.
private final class ProfileLog: Sendable {
    private let events = Mutex<[ProbeEvent]>([])

    func take(_ event: ProbeEvent) { events.withLock { $0.append(event) } }

    var latest: Profile? {
        switch events.withLock({ $0.last }) {
        case .reading(let reading), .finished(let reading): reading as? Profile
        default: nil
        }
    }

    var isOver: Bool {
        switch events.withLock({ $0.last }) {
        case .finished, .refused: true
        default: false
        }
    }

    func result() throws -> Profile {
        if case .refused(let refusal) = events.withLock({ $0.last }) { throw refusal }
        return try #require(latest)
    }
}

/// A thread of ours that can be begun at any time, once, and does something until it is ended.
private class OwnThread: @unchecked Sendable {
    private let name: String
    private let state = Mutex((hasBegun: false, mustEnd: false))

    init(name: String) { self.name = name }

    func begin() {
        let isFirst = state.withLock { state in
            defer { state.hasBegun = true }
            return !state.hasBegun
        }
        guard isFirst else { return }
        _ = DetachedThread.start(name: name, stackSize: 256 << 10) {
            while !self.state.withLock({ $0.mustEnd }) { self.step() }
        }
    }

    func end() { state.withLock { $0.mustEnd = true } }

    func step() {}
}

/// Takes pages and gives them back, as fast as it can.
private final class Faulter: OwnThread, @unchecked Sendable {
    init() { super.init(name: "faulter") }

    override func step() {
        let size = 4 << 20
        let protection = PROT_READ | PROT_WRITE
        let memory = mmap(nil, size, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED else { return }
        madvise(memory, size, Int32(MADV_NOHUGEPAGE))
        for offset in stride(from: 0, to: size, by: 4096) {
            memory.storeBytes(of: 1, toByteOffset: offset, as: UInt8.self)
        }
        munmap(memory, size)
    }
}

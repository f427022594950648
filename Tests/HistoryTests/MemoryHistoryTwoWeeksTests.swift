import ProcFormats
import Samples
import TestSupport
import Testing
import Units

@testable import History

/// Eighteen days of a machine with 500 processes, 80 of which change all the time: a refresh a minute
/// for all but one of them, each ten seconds for one, each second for a quarter of an hour in the
/// end. In the end every slot of every resolution had its refresh, as with one each second all
/// along, which would take the test hours.
struct MemoryHistoryTwoWeeksTests {
    /// What the doc comment of `MemoryHistory` states.
    static let statedBytes = 2_500_000

    @Test func twoWeeksOfFiveHundredProcesses() throws {
        var machine = SimulatedMachine()
        var bytes: [Int] = []
        for day in 1...18 {
            if day < 18 {
                machine.pass(.seconds(60), times: 24 * 60)
            } else {
                machine.pass(.seconds(10), times: 24 * 360)
            }
            // Every night the machine sleeps for an hour and a half, and some services restart.
            machine.sleep(.seconds(5400))
            machine.restartServices()
            bytes.append(machine.history.byteCount)
            #expect(machine.history.packedBytes == machine.packedBytes)
        }
        let sleeps = machine.history.runs.runs
        #expect(sleeps.count == 15)
        machine.pass(.seconds(1), times: 1000)
        bytes.append(machine.history.byteCount)
        print("Bytes of a memory history of 500 processes, day by day:", bytes)
        #expect(bytes.allSatisfy { $0 < Self.statedBytes })
        // Days are of 25.5 hours. It fills for two weeks, then it grows no more.
        #expect(bytes[12] > bytes[6] * 5 / 4)
        #expect(bytes[16] < bytes[13] * 21 / 20)
        machine.checkCurves()
    }
}

struct SimulatedMachine {
    static let walkers = 0..<50
    static let growers = 50..<70
    static let saws = 70..<80
    static let restarted = 75..<85
    static let count = 500

    private(set) var history = MemoryHistory()
    private(set) var now: UInt64 = 1_000_000_020_000_000_000
    private var sequence = 0
    private var random = SeededRandom(seed: 20)
    private var ids: [ProcessIdentity] = []
    private var amounts: [UInt64] = []
    private var places: [Int] = []
    private var lastPid: Int32 = 1000
    /// What some of them really used, at each refresh.
    private var truth: [Int: [(moment: UInt64, kibibytes: UInt64)]] = [:]
    private static let watched = [0, 49, 55, 72, 300]

    init() {
        for index in 0..<Self.count {
            ids.append(start())
            amounts.append(UInt64(20_000 + index * 1000))
        }
        record(.seconds(10))
    }

    private mutating func start() -> ProcessIdentity {
        lastPid += 1
        return ProcessIdentity(
            pid: ProcessID(lastPid), startTime: ClockTicks(now / 10_000_000))
    }

    var packedBytes: Int { history.curves.reduce(0) { $0 + $1.curve.byteCount } }

    /// A refresh as the sampler gives it.
    private mutating func record(_ interval: Duration) {
        sequence += 1
        let samples = zip(ids, amounts).enumerated().map { index, process in
            ProcessSample(
                id: process.0, name: "p", command: "/usr/bin/service-\(index)", state: .sleeping,
                memory: MemoryUse(anonymous: ByteCount(kibibytes: process.1)))
        }
        history.record(
            Snapshot(
                sequence: sequence, time: WallTime(seconds: 0), moment: Nanoseconds(now),
                interval: interval, host: HostSample(name: "", kernelRelease: "", cpuCount: 1),
                processes: samples.sorted { $0.id.pid < $1.id.pid }))
        note()
        places = ids.map { id in history.curves.firstIndex { $0.id == id } ?? 0 }
    }

    /// Refreshes at which only those are told that changed, for speed.
    mutating func pass(_ interval: Duration, times: Int) {
        for _ in 0..<times {
            now += UInt64(interval.components.seconds) * 1_000_000_000
            _ = history.advance(
                to: Nanoseconds(now),
                interval: Nanoseconds(UInt64(interval.components.seconds) * 1_000_000_000))
            let bits = random.next()
            for index in Self.walkers { walk(index, bits >> UInt64(index)) }
            let seconds = UInt64(interval.components.seconds)
            for index in Self.growers { set(index, amounts[index] + seconds * UInt64(index - 45)) }
            for index in Self.saws {
                let grown = amounts[index] + 1000 * seconds
                set(index, grown > 2_000_000 ? 100_000 : grown)
            }
            // One of those that stand.
            let other = 80 + Int(bits % 420)
            set(other, amounts[other] ^ 4)
            history.limitBytes()
            note()
        }
    }

    private mutating func walk(_ index: Int, _ bits: UInt64) {
        let step = amounts[index] / 256
        let isUp = bits & 1 == 1 ? amounts[index] < 8_000_000 : amounts[index] < 8000
        set(index, isUp ? amounts[index] + step : amounts[index] - step)
    }

    private mutating func set(_ index: Int, _ amount: UInt64) {
        amounts[index] = amount
        history.change(places[index]) { curve, now in curve.set(amount, at: now) }
    }

    mutating func sleep(_ time: Duration) {
        now += UInt64(time.components.seconds) * 1_000_000_000
        record(.seconds(10))
    }

    mutating func restartServices() {
        now += 10_000_000_000
        for index in Self.restarted {
            ids[index] = start()
            amounts[index] = 100_000
        }
        record(.seconds(10))
    }

    private mutating func note() {
        for index in Self.watched { truth[index, default: []].append((now, amounts[index])) }
    }

    /// Every point of every resolution is right within 0.1 %, and absent where nobody looked.
    func checkCurves() {
        for index in Self.watched {
            check(index, slot: 1, slots: 898)
            check(index, slot: 10, slots: 8638)
            check(index, slot: 60, slots: 20_158)
        }
    }

    private func check(_ index: Int, slot: UInt64, slots: Int) {
        // Points that end just where a slot does.
        let end = now / (slot * 1_000_000_000) * slot * 1_000_000_000 - 1
        let curve = history.curve(
            of: .process(ids[index]), last: .seconds(Int(slot) * slots), points: slots,
            until: Nanoseconds(end))
        var last: [Int: UInt64] = [:]
        for (moment, kibibytes) in truth[index] ?? [] where moment <= end {
            let age = (end - moment) / (slot * 1_000_000_000)
            if age < slots { last[slots - 1 - Int(age)] = kibibytes }
        }
        var wrong = 0
        for (point, value) in curve.values.enumerated() {
            switch (value, last[point]) {
            case (nil, nil): break
            case (let value?, let truth?):
                if abs(value / 1024 - Double(truth)) > Double(truth) / 1000 { wrong += 1 }
            // Between two refreshes, the amount holds.
            case (_?, nil): if !isBetweenRefreshes(point, of: last) { wrong += 1 }
            case (nil, _?): wrong += 1
            }
        }
        #expect(wrong == 0, "process \(index), slots of \(slot) s")
        #expect(last.count > slots / 8)
    }

    /// Whether the points on both sides are known: slots are finer than refreshes were.
    private func isBetweenRefreshes(_ point: Int, of known: [Int: UInt64]) -> Bool {
        (1...6).contains { known[point - $0] != nil }
            && (1...6).contains { known[point + $0] != nil }
    }
}

import Diagnosis
import ProcSampling
import Testing
import Units

/// Each detector on both sides of its thresholds.
@Suite struct MemoryDetectorTests {
    private let time = MadeMachine.time(500)

    // MARK: Memory growth

    private func growth(
        _ seconds: Int = 121, _ value: (Double) -> Double = { $0 * 2 * mebibyte }
    ) throws -> Growth {
        let curve = MemoryCurve(
            values: (0..<seconds).map { value(Double($0)) }, step: .seconds(1),
            end: Nanoseconds(500_000_000_000))
        return try #require(Growth(curve))
    }

    private func growthFinding(
        _ growth: Growth, left: Duration? = nil, witnesses: [MemoryGrowth.Witness] = []
    ) -> Finding? {
        let outlook = MemoryOutlook(
            growth: growth, limit: left.map { _ in .hostMemory },
            headroom: left.map { _ in ByteCount(1 << 30) }, timeLeft: left)
        return MemoryGrowth.finding(
            of: MadeMachine.process(2214, anonymous: 0), outlook: outlook, witnesses: witnesses,
            at: time)
    }

    @Test(arguments: [(120, false), (121, true)])
    func growthTakesTwoMinutes(_ points: Int, _ isFound: Bool) throws {
        #expect((growthFinding(try growth(points)) != nil) == isFound)
    }

    @Test func onlyUnboundedGrowthIsFound() throws {
        #expect(growthFinding(try growth { min(60, $0) * 4 * mebibyte }) == nil, "plateau")
        #expect(growthFinding(try growth { ($0.remainder(dividingBy: 20)) * 20 * mebibyte }) == nil)
        #expect(growthFinding(try growth { _ in 0 }) == nil, "flat")
        #expect(growthFinding(try growth { (200 - $0) * 2 * mebibyte }) == nil, "falling")
    }

    @Test(arguments: [
        (nil, Finding.Severity.info), (86_400, .info), (86_399, .warning), (1800, .warning),
        (1799, .critical),
    ])
    func growthIsAsBadAsTheTimeLeft(_ seconds: Int?, _ severity: Finding.Severity) throws {
        let finding = growthFinding(try growth(), left: seconds.map { .seconds($0) })
        #expect(finding?.severity == severity)
    }

    @Test(arguments: [(49.0, Finding.Confidence.medium), (50.0, .high)])
    func growthIsSureWithASecondCounter(_ change: Double, _ sure: Finding.Confidence) throws {
        let witness = MemoryGrowth.Witness(name: "group /a", change: change, growth: 100)
        #expect(growthFinding(try growth(), witnesses: [witness])?.confidence == sure)
        let shrunk = MemoryGrowth.Witness(name: "group /a", change: change, growth: -100)
        #expect(growthFinding(try growth(), witnesses: [shrunk])?.confidence == .medium)
    }

    @Test(arguments: [(49.0, Finding.Confidence.low), (50.0, .medium)])
    func aRisingFloorIsNeverSure(_ change: Double, _ sure: Finding.Confidence) throws {
        let teeth = try growth { ($0 - 20 * ($0 / 20).rounded(.down)) * 10 * mebibyte + $0 * 4e6 }
        #expect(teeth.shape == .risingFloor)
        let witness = MemoryGrowth.Witness(name: "group /a", change: change, growth: 100)
        #expect(growthFinding(teeth, witnesses: [witness])?.confidence == sure)
    }

    @Test func growthReadsAsOneSentence() throws {
        let finding = try #require(growthFinding(try growth(), left: .seconds(4380)))
        #expect(
            finding.claim
                == "streamd 2214 memory +2.0 MiB/s for 2m00s, linear; full in ~73 min")
        #expect(finding.since == MadeMachine.time(380))
        #expect(finding.evidence.contains { $0.contains("rising in 12 of 12 windows") })
        let words = finding.evidence + [finding.claim, finding.advice]
        #expect(!words.contains { $0.lowercased().contains("leak") })
    }

    // MARK: Swap thrash

    /// - Parameter refreshes: seconds since dxtop began; the first refresh has no rates.
    private func thrash(
        _ refreshes: Int = 31, pagesIn: Double = 100, pagesOut: Double = 100,
        faults: Double = 60, pressure: Double? = 20, quietAt: Int? = nil
    ) -> Finding? {
        var machine = MadeMachine()
        for second in 1...refreshes {
            machine.refresh([MadeMachine.process(7, anonymous: mebibyte, majorFaults: 55)]) {
                guard second > 1 else { return }
                $0.pagesSwappedIn = Rate(second == quietAt ? 0 : pagesIn)
                $0.pagesSwappedOut = Rate(pagesOut)
                $0.majorFaults = Rate(faults)
                $0.memoryPressure = pressure.flatMap(MadeMachine.pressure)
            }
        }
        return machine.finding(.swapThrash)
    }

    @Test func thrashIsPagingBothWays() throws {
        let finding = try #require(thrash())
        #expect(finding.severity == .critical)
        #expect(finding.confidence == .high)
        #expect(finding.claim == "swapping in and out: 100 pages/s in, 100 out")
        #expect(finding.evidence.contains("most by streamd 7: 55 major faults/s"))
        #expect(thrash(pagesIn: 0) == nil)
        #expect(thrash(pagesOut: 0) == nil)
    }

    @Test(arguments: [(30, false), (31, true)])
    func thrashTakesHalfAMinute(_ refreshes: Int, _ isFound: Bool) {
        #expect((thrash(refreshes) != nil) == isFound)
    }

    @Test(arguments: [(10, true), (11, false), (40, false)])
    func thrashHasNoBreak(_ quietAt: Int, _ isFound: Bool) {
        // Of 40 seconds the last 30 begin after the tenth.
        #expect((thrash(40, quietAt: quietAt) != nil) == isFound)
    }

    @Test(arguments: [(49.5, false), (50, true)])
    func thrashFaults(_ faults: Double, _ isFound: Bool) {
        #expect((thrash(faults: faults) != nil) == isFound)
    }

    @Test(arguments: [(9.99, false), (10, true)])
    func thrashStalls(_ pressure: Double, _ isFound: Bool) {
        #expect((thrash(pressure: pressure) != nil) == isFound)
    }

    @Test func thrashWithoutPressureFiguresIsLessSure() throws {
        let finding = try #require(thrash(pressure: nil))
        #expect(finding.confidence == .medium)
        #expect(finding.severity == .warning)
        #expect(finding.evidence.contains { $0.contains("no pressure (PSI)") })
    }

    // MARK: OOM kill

    private func kills(_ count: UInt64, _ victims: [OOMKills.Victim] = []) -> OOMKills {
        OOMKills(
            total: 5 + count, sinceStart: count,
            lastSeen: count == 0 ? nil : MadeMachine.time(500), victims: victims)
    }

    private func victim(_ pid: Int32, ofGroup: Bool = false) -> OOMKills.Victim {
        OOMKills.Victim(process: ProcessID(pid), name: "java", isOfGroup: ofGroup)
    }

    @Test func killsBeforeTheStartAreNoFinding() {
        #expect(OOMKill.findings(kills(0), groups: [], at: time).isEmpty)
        #expect(OOMKill.findings(nil, groups: [], at: time).isEmpty)
    }

    @Test func theLogTellsWhoseLimitEachKillWas() throws {
        func victim(_ pid: Int32, _ group: String?) -> OOMKills.Victim {
            OOMKills.Victim(
                process: ProcessID(pid), name: "java", isOfGroup: group != nil, group: group)
        }
        let victims = [victim(1, "/a"), victim(2, "/b"), victim(3, "/b"), victim(4, nil)]
        // Whatever the groups' own counters say meanwhile.
        let groups = [OOMKill.GroupKills(path: "/other", count: 2, lastSeen: time)]
        let found = OOMKill.findings(kills(4, victims), groups: groups, at: time)
        let claims = Dictionary(uniqueKeysWithValues: found.map { ($0.subject, $0.claim) })
        #expect(
            claims == [
                .group("/a"): "the kernel OOM-killed java 1 in group /a",
                .group("/b"):
                    "the kernel OOM-killed 2 processes in group /b: java 2, java 3",
                .host: "the kernel OOM-killed java 4",
            ])
        let processes = found.first { $0.subject == .group("/b") }?.processes
        #expect(processes == [ProcessID(2), ProcessID(3)])
    }

    @Test func aKillNamesItsVictim() throws {
        let found = OOMKill.findings(kills(1, [victim(9)]), groups: [], at: time)
        let finding = try #require(found.first)
        #expect(finding.claim == "the kernel OOM-killed java 9")
        #expect(finding.confidence == .high)
        #expect(finding.evidence == ["6 kills on this machine since boot"])
        #expect(found.count == 1)
    }

    @Test(arguments: [(599, Finding.Severity.critical), (600, .warning)])
    func aKillIsCriticalForTenMinutes(_ later: Int, _ severity: Finding.Severity) {
        let found = OOMKill.findings(kills(1), groups: [], at: MadeMachine.time(500 + later))
        #expect(found.map(\.severity) == [severity])
    }

    @Test func aKillInAGroupIsTheGroups() throws {
        let groups = [OOMKill.GroupKills(path: "/job", count: 1, lastSeen: time)]
        let one = OOMKill.findings(kills(1, [victim(9, ofGroup: true)]), groups: groups, at: time)
        #expect(one.map(\.subject) == [.group("/job")])
        #expect(
            one.first?.claim
                == "the kernel OOM-killed java 9 in group /job")
        // The host counts one more than the group: that one is the host's.
        let two = OOMKill.findings(
            kills(2, [victim(9, ofGroup: true), victim(10)]), groups: groups, at: time)
        #expect(two.map(\.subject) == [.group("/job"), .host])
        #expect(two.last?.claim == "the kernel OOM-killed java 10")
    }

    @Test func onlyTheLatestKillsOfAWeekAreFound() {
        let day = 86_400
        func severities(_ later: Int) -> [Finding.Severity] {
            OOMKill.findings(kills(1), groups: [], at: MadeMachine.time(500 + later))
                .map(\.severity)
        }
        #expect(severities(day - 1) == [.warning])
        #expect(severities(day) == [.info])
        #expect(severities(7 * day - 1) == [.info])
        #expect(severities(7 * day) == [])
        let groups = (0..<20).map {
            OOMKill.GroupKills(path: "/job-\($0)", count: 1, lastSeen: MadeMachine.time($0))
        }
        let found = OOMKill.findings(kills(20), groups: groups, at: time)
        #expect(Set(found.map(\.subject)) == Set((4..<20).map { .group("/job-\($0)") }))
    }

    /// A kill in a group, which counts in the group above as well, and one of the host.
    ///
    /// - Parameters:
    ///   - child: the second at which the group's counter is read, and so on.
    ///   - host: the second at which the machine itself kills something.
    private func kills(child: Int, parent: Int, host: Int, of seconds: Int = 100) -> MadeMachine {
        var machine = MadeMachine()
        for second in 1...seconds {
            machine.refresh(
                [],
                groups: [
                    MadeMachine.group(
                        "/a/b", usage: 0, limit: nil, oomKills: second >= child ? 3 : 2),
                    MadeMachine.group(
                        "/a", usage: 0, limit: nil, oomKills: second >= parent ? 8 : 7),
                ]
            ) {
                let count: UInt64 = (second >= 4 ? 1 : 0) + (second >= host ? 1 : 0)
                $0.oomKills = OOMKills(
                    total: 5 + count, sinceStart: count,
                    lastSeen: count == 0
                        ? nil : MadeMachine.time(second >= host ? host : 4))
            }
        }
        return machine
    }

    @Test(arguments: [(4, 9), (9, 4), (4, 4), (10, 10)])
    func aKillIsToldOnceWhenGroupsAreReadAtDifferentTimes(_ child: Int, _ parent: Int) {
        let before = kills(child: child, parent: parent, host: 20, of: 19)
        #expect(before.findings.findings.map(\.subject) == [.group("/a/b")])
        #expect(before.findings.findings.first?.since == MadeMachine.time(child))
        let after = kills(child: child, parent: parent, host: 20)
        #expect(Set(after.findings.findings.map(\.subject)) == [.group("/a/b"), .host])
    }

    @Test func aKillOfTheGroupAboveIsNotTakenForOneLongBefore() {
        // Version 1 does not count in the groups above; this kill is that group's own.
        let machine = kills(child: 4, parent: 70, host: 70, of: 80)
        #expect(
            Set(machine.findings.findings.map(\.subject)) == [.group("/a/b"), .group("/a")])
    }

    @Test func killsOfMoreGroupsThanAreKeptAreNotTheHosts() {
        var machine = MadeMachine()
        for second in 1...300 {
            let paths = [second, second - 1].map { "/job-\($0)" }
            machine.refresh(
                [],
                groups: paths.enumerated().map { index, path in
                    MadeMachine.group(path, usage: 0, limit: nil, oomKills: UInt64(index))
                }
            ) {
                $0.oomKills = OOMKills(
                    total: UInt64(second), sinceStart: UInt64(second - 1),
                    lastSeen: MadeMachine.time(second))
            }
        }
        #expect(machine.findings.findings.count == OOMKill.mostFindings)
        #expect(!machine.findings.findings.contains { $0.subject == .host })
    }

    @Test func killsAreKeptForTheSessionAndCountedInTheLowestGroup() {
        var machine = MadeMachine()
        func groups(_ kills: UInt64) -> [MemoryGroup] {
            // Killed twice before dxtop began; the group above counts what is below it.
            [
                MadeMachine.group("/a/b", usage: 0, limit: nil, oomKills: 2 + kills),
                MadeMachine.group("/a", usage: 0, limit: nil, oomKills: 7 + kills),
            ]
        }
        machine.refresh([], groups: groups(0))
        #expect(machine.findings.findings.isEmpty)
        machine.refresh([], groups: groups(1))
        #expect(machine.findings.findings.map(\.subject) == [.group("/a/b")])
        for _ in 1...700 { machine.refresh([]) }
        #expect(machine.findings.findings.map(\.severity) == [.warning])
        #expect(machine.findings.findings.map(\.since) == [MadeMachine.time(2)])
    }

    // MARK: Group memory

    private func near(
        _ groups: [MemoryGroup], pressure: Percent? = nil,
        _ signs: GroupMemory.Signs = GroupMemory.Signs()
    ) -> [Finding] {
        GroupMemory.findings(
            Dictionary(uniqueKeysWithValues: groups.map { ($0.path, $0) }), pressure: pressure,
            signs: { _ in signs }, at: time)
    }

    @Test(arguments: [(89.9, 0), (90, 1)])
    func aGroupIsNearItsLimitFromNinetyPercent(_ percent: Double, _ count: Int) {
        let found = near([MadeMachine.group("/a", usage: percent * mebibyte, limit: 100 * mebibyte)]
        )
        #expect(found.count == count)
        #expect(found.allSatisfy { $0.severity == .warning && $0.confidence == .medium })
    }

    @Test func pageCacheThatCanBeDroppedIsNotCounted() {
        let cache = MadeMachine.group(
            "/a", usage: 99 * mebibyte, limit: 100 * mebibyte, reclaimable: 20 * mebibyte)
        let signs = GroupMemory.Signs(wasHit: true, hadKill: true)
        #expect(near([cache], pressure: Percent(90.0), signs).isEmpty)
        #expect(near([MadeMachine.group("/a", usage: 99 * mebibyte, limit: nil)]).isEmpty)
    }

    @Test(arguments: [
        (90.0, nil, GroupMemory.Signs(), false),
        (94.9, nil, GroupMemory.Signs(wasHit: true), false),
        (95, nil, GroupMemory.Signs(wasHit: true), true),
        (90, 9.9, GroupMemory.Signs(), false),
        (90, 10, GroupMemory.Signs(), true),
        (90, nil, GroupMemory.Signs(hadKill: true), true),
    ])
    func aNearLimitIsSureWithASecondSignal(
        _ percent: Double, _ pressure: Double?, _ signs: GroupMemory.Signs, _ isSure: Bool
    ) {
        let group = MadeMachine.group("/a", usage: percent * mebibyte, limit: 100 * mebibyte)
        let found = near([group], pressure: pressure.map { Percent($0) }, signs)
        #expect(found.map(\.severity) == [isSure ? .critical : .warning])
        #expect(found.map(\.confidence) == [isSure ? .high : .medium])
    }

    @Test func aKillInTheGroupMakesItsLimitCritical() {
        var machine = MadeMachine()
        func group(_ kills: UInt64) -> MemoryGroup {
            MadeMachine.group("/a", usage: 91 * mebibyte, limit: 100 * mebibyte, oomKills: kills)
        }
        machine.refresh([], groups: [group(5)])
        #expect(machine.finding(.groupMemory)?.severity == .warning)
        machine.refresh([], groups: [group(6)])
        #expect(machine.finding(.groupMemory)?.severity == .critical)
    }

    @Test func onlyTheLowestGroupOfAPathIsFound() {
        let full = ["/a", "/a/b", "/ab", "/"].map {
            MadeMachine.group($0, usage: 95 * mebibyte, limit: 100 * mebibyte)
        }
        #expect(near(full).map(\.subject) == [.group("/a/b"), .group("/ab")])
    }

    @Test func aLimitThatIsHitIsCritical() throws {
        var machine = MadeMachine()
        func group(_ hits: UInt64) -> MemoryGroup {
            MadeMachine.group("/a", usage: 99 * mebibyte, limit: 100 * mebibyte, limitHits: hits)
        }
        // 41 hits before dxtop began say nothing of now.
        machine.refresh([], groups: [group(41)])
        #expect(machine.finding(.groupMemory)?.severity == .warning)
        machine.refresh([], groups: [group(42)])
        #expect(machine.finding(.groupMemory)?.severity == .critical)
        #expect(machine.finding(.groupMemory)?.confidence == .high)
        for _ in 1...60 { machine.refresh([], groups: [group(42)]) }
        #expect(machine.finding(.groupMemory)?.severity == .critical, "60 s later")
        machine.refresh([], groups: [group(42)])
        #expect(machine.finding(.groupMemory)?.severity == .warning, "61 s later")
        #expect(machine.finding(.groupMemory)?.since == MadeMachine.time(1))
    }

    // MARK: What is remembered

    @Test func theMostSevereComesFirstAndTheBeginningStays() {
        var machine = MadeMachine()
        func group(_ path: String, _ percent: Double, hits: UInt64 = 0) -> MemoryGroup {
            MadeMachine.group(
                path, usage: percent * mebibyte, limit: 100 * mebibyte, limitHits: hits)
        }
        machine.refresh([], groups: [group("/b", 95), group("/c", 10)])
        machine.refresh([], groups: [group("/a", 95), group("/b", 95), group("/c", 10)])
        #expect(machine.findings.findings.map(\.subject) == [.group("/b"), .group("/a")])
        machine.refresh([], groups: [group("/a", 95), group("/b", 95), group("/c", 95, hits: 1)])
        #expect(
            machine.findings.findings.map(\.subject) == [.group("/c"), .group("/b"), .group("/a")])
        // It wavers around the threshold and is what it was; gone for longer, it is new.
        for _ in 1...30 { machine.refresh([], groups: [group("/b", 89)]) }
        #expect(machine.findings.findings.isEmpty)
        machine.refresh([], groups: [group("/b", 95)])
        #expect(machine.findings.findings.first?.since == MadeMachine.time(1))
        for _ in 1...61 { machine.refresh([], groups: [group("/b", 89)]) }
        machine.refresh([], groups: [group("/b", 95)])
        #expect(machine.findings.findings.first?.since == MadeMachine.time(machine.second))
    }

    @Test(arguments: [(8192 as Double?, Finding.Confidence.high), (nil, .medium)])
    func aContainersOwnGroupIsAWitness(_ limit: Double?, _ sure: Finding.Confidence) throws {
        var machine = MadeMachine()
        for second in 1...200 {
            let grown = 2 * Double(second) * mebibyte
            machine.refresh(
                [MadeMachine.process(7, anonymous: grown, group: "/")],
                groups: [MadeMachine.group("/", usage: grown, limit: limit.map { $0 * mebibyte })])
        }
        let found = machine.finding(.memoryGrowth)
        #expect(try #require(found).confidence == sure)
    }

    @Test func whatIsSaidOfGrowthStandsUntilItIsJudgedAnew() throws {
        var machine = MadeMachine()
        func processes(_ second: Int) -> [ProcessSample] {
            (Int32(1)...40).map {
                MadeMachine.process($0, anonymous: 4 * Double(second) * mebibyte)
            }
        }
        for second in 1...200 { machine.refresh(processes(second)) }
        let before = machine.findings.findings
        #expect(before.count == 40)
        machine.refresh(processes(201))
        let after = machine.findings.findings
        #expect(after.count == 40)
        #expect(after.count { finding in !before.contains { $0.claim == finding.claim } } <= 16)
    }

    @Test(arguments: [(1.0, Finding.Confidence.high), (0.2, .medium)])
    func theHostWitnessesGrowth(_ share: Double, _ sure: Finding.Confidence) throws {
        var machine = MadeMachine()
        for second in 1...121 {
            let grown = 2 * Double(second) * mebibyte
            machine.refresh([MadeMachine.process(7, anonymous: grown)]) {
                $0.memory = MadeMachine.memory(
                    available: 2048 * mebibyte - share * grown,
                    total: 4096 * mebibyte)
            }
        }
        let found = machine.finding(.memoryGrowth)
        let finding = try #require(found)
        #expect(finding.confidence == sure)
        #expect(finding.severity == .critical)
        #expect(finding.evidence.first?.hasSuffix("left below host memory") == true)
    }
}

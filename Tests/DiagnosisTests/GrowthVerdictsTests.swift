import Diagnosis
import ProcSampling
import Testing
import Units

@Suite struct GrowthVerdictsTests {
    /// 2 MiB/s of anonymous memory in a group of 1 GiB, as a refresh a second sees it.
    private func grower(_ second: Int) -> (process: ProcessSample, group: MemoryGroup) {
        let anonymous = (3 + 2 * Double(second)) * mebibyte
        return (
            MadeMachine.process(
                7, anonymous: anonymous, addressSpace: anonymous + 500 * mebibyte, group: "/job"),
            MadeMachine.group("/job", usage: anonymous + 4 * mebibyte, limit: 1024 * mebibyte)
        )
    }

    @Test func aGrowerIsToldAfterTwoMinutes() throws {
        var machine = MadeMachine()
        for second in 1...121 {
            let (process, group) = grower(second)
            machine.refresh([process], groups: [group])
        }
        let judged = machine.growth[MadeMachine.id(7)]
        let outlook = try #require(judged)
        #expect(outlook.growth.shape == .linear)
        #expect(abs(outlook.growth.slope - 2 * mebibyte) <= 0.05 * 2 * mebibyte)
        #expect(outlook.limit == .group(path: "/job"))
        let left = try #require(outlook.timeLeft)
        let truth = (1024.0 - 4 - 3 - 242) / 2
        #expect(abs(left / .seconds(1) - truth) <= 0.1 * truth)

        let found = machine.finding(.memoryGrowth)
        let finding = try #require(found)
        #expect(finding.severity == .critical)
        #expect(finding.confidence == .high, "its group grew as well")
        #expect(
            finding.claim
                == "streamd 7 memory +2.0 MiB/s for 2m00s, linear; full in ~6 min")
        #expect(finding.evidence.first?.hasSuffix("left below group /job") == true)
    }

    @Test func aCappedOneIsAPlateauAtTheCap() throws {
        var machine = MadeMachine()
        for second in 1...120 {
            let anonymous = min(200, 5 * Double(second)) * mebibyte
            machine.refresh([MadeMachine.process(7, anonymous: anonymous)])
        }
        let judged = machine.growth[MadeMachine.id(7)]
        let growth = try #require(judged).growth
        #expect(growth.shape == .plateau)
        #expect(abs(growth.level - 200 * mebibyte) <= 4 * mebibyte)
        #expect(machine.finding(.memoryGrowth) == nil)
    }

    @Test(arguments: [9, 20, 33])
    func aSawtoothIsNeverLinearAfterItsThirdFall(_ period: Int) throws {
        var machine = MadeMachine()
        for second in 1...150 {
            let anonymous = (20 + Double(second % period) * 300 / Double(period)) * mebibyte
            machine.refresh([MadeMachine.process(7, anonymous: anonymous)])
            if second > 3 * period, let shape = machine.growth[MadeMachine.id(7)]?.growth.shape {
                #expect(shape == .sawtooth, "after \(second) s")
            }
        }
        #expect(machine.growth[MadeMachine.id(7)] != nil)
    }

    @Test func everyoneHasATurnAndGrowersMore() throws {
        var machine = MadeMachine()
        func processes(_ second: Int) -> [ProcessSample] {
            (Int32(1)...300).map { pid in
                let grown = pid == 300 ? 4 * Double(second) : 0
                return MadeMachine.process(pid, anonymous: (2 + grown) * mebibyte)
            }
        }
        // 30 s to have enough of each, then all 300 at 40 a refresh.
        for second in 1...40 { machine.refresh(processes(second)) }
        for pid in Int32(1)...300 { #expect(machine.growth[MadeMachine.id(pid)] != nil, "\(pid)") }
        // The grower's slope follows within few refreshes.
        var spans: Set<Duration> = []
        for second in 41...50 {
            machine.refresh(processes(second))
            if let span = machine.growth[MadeMachine.id(300)]?.growth.span { spans.insert(span) }
        }
        #expect(spans.count >= 4, "\(spans)")
    }

    // MARK: A day

    /// 150 MiB an hour on 4 GiB, in a group of 8 GiB.
    private func slowGrower(_ machine: inout MadeMachine, hours: Double, rate: Double = 150) {
        while Double(machine.second) < hours * 3600 {
            let anonymous = (4096 + rate * Double(machine.second) / 3600) * mebibyte
            machine.refresh(
                [MadeMachine.process(7, anonymous: anonymous, group: "/job")],
                groups: [MadeMachine.group("/job", usage: anonymous, limit: 8192 * mebibyte)])
        }
    }

    @Test func growthThatIsFlatInEveryHourIsFoundInADay() throws {
        var machine = MadeMachine(interval: 30)
        slowGrower(&machine, hours: 1)
        #expect(machine.growth[MadeMachine.id(7)]?.growth.shape == .flat)
        #expect(machine.finding(.memoryGrowth) == nil)
        slowGrower(&machine, hours: 24)
        let judged = machine.growth[MadeMachine.id(7)]
        let outlook = try #require(judged)
        #expect(outlook.growth.shape == .linear)
        #expect(abs(outlook.growth.slope * 3600 - 150 * mebibyte) <= 8 * mebibyte)
        #expect(outlook.growth.span > .seconds(23 * 3600))
        // 4096 MiB less the 3600 of 24 hours.
        let left = try #require(outlook.timeLeft)
        #expect(abs(left / .seconds(3600) - 496.0 / 150) <= 0.2)
        let found = machine.finding(.memoryGrowth)
        let finding = try #require(found)
        #expect(finding.severity == .warning)
        #expect(finding.claim.contains("+42.7 KiB/s") || finding.claim.contains("+43 KiB/s"))
        #expect(finding.claim.contains(" for 23h") || finding.claim.contains(" for 1d00h"))
    }

    @Test func aDayThatIsFlatAsWellStaysFlat() throws {
        var machine = MadeMachine(interval: 60)
        slowGrower(&machine, hours: 24, rate: 5)
        let judged = machine.growth[MadeMachine.id(7)]
        let growth = try #require(judged).growth
        #expect(growth.shape == .flat)
        #expect(growth.span <= .seconds(3600))
    }

    @Test func anHourThatSaysSomethingIsNotOverruled() throws {
        var machine = MadeMachine(interval: 60)
        slowGrower(&machine, hours: 12)
        #expect(machine.growth[MadeMachine.id(7)]?.growth.span ?? .zero > .seconds(3600))
        // It stops, then grows at another rate.
        for minute in 1...90 {
            let anonymous = (6000 + 20 * Double(minute)) * mebibyte
            machine.refresh([MadeMachine.process(7, anonymous: anonymous)])
        }
        let judged = machine.growth[MadeMachine.id(7)]
        let growth = try #require(judged).growth
        #expect(growth.shape == .linear)
        #expect(growth.span <= .seconds(3600))
        #expect(abs(growth.slope * 60 - 20 * mebibyte) <= mebibyte)
    }

    // MARK: Others in the group

    @Test func thoseThatGrowTogetherMeetTheLimitTogether() throws {
        var machine = MadeMachine()
        for second in 1...150 {
            let grown = Double(second) * mebibyte
            let workers = (Int32(1)...8).map {
                MadeMachine.process($0, anonymous: grown, group: "/job/worker-\($0)")
            }
            let alone = MadeMachine.process(9, anonymous: grown, group: "/alone")
            machine.refresh(
                workers + [alone],
                groups: [
                    MadeMachine.group("/job", usage: 8 * grown, limit: 8192 * mebibyte),
                    MadeMachine.group("/alone", usage: grown, limit: 8192 * mebibyte),
                ])
        }
        // What is left of 8 GiB after 150 s at 8 MiB/s.
        let truth = (8192.0 - 1200) / 8
        for pid in Int32(1)...8 {
            let judged = machine.growth[MadeMachine.id(pid)]
            let outlook = try #require(judged)
            #expect(outlook.limit == .group(path: "/job"))
            #expect(abs(try #require(outlook.timeLeft) / .seconds(1) - truth) <= 0.05 * truth)
            #expect(outlook.companions?.count == 7)
        }
        let judged = machine.growth[MadeMachine.id(9)]
        let alone = try #require(judged)
        #expect(alone.companions == nil)
        #expect(abs(try #require(alone.timeLeft) / .seconds(1) - 8042) <= 0.05 * 8042)
        let subject = Subject.process(MadeMachine.id(3))
        let finding = machine.findings.findings.first { $0.subject == subject }
        let words = try #require(finding).evidence.first ?? ""
        #expect(
            words.hasSuffix(
                "left below group /job, with the 7 others that grow in it +8.0 MiB/s"))
    }

    @Test func theHostIsMetBeforeAGroupWithLessLeftThatFillsMoreSlowly() throws {
        var machine = MadeMachine()
        for second in 1...150 {
            let grown = Double(second) * mebibyte
            let processes = [
                MadeMachine.process(1, anonymous: grown, group: "/job"),
                MadeMachine.process(2, anonymous: 20 * grown, group: "/other"),
            ]
            machine.refresh(
                processes,
                groups: [MadeMachine.group("/job", usage: grown, limit: 2048 * mebibyte)]
            ) {
                $0.memory = MadeMachine.memory(available: 8192 * mebibyte - 21 * grown)
            }
        }
        let judged = machine.growth[MadeMachine.id(1)]
        let outlook = try #require(judged)
        #expect(outlook.limit == .hostMemory)
        #expect(outlook.companions?.count == 1)
    }

    // MARK: How much is sampled

    @Test(arguments: [(1, 121), (10, 260), (60, 1500)])
    func aLineIsALineAtEveryInterval(_ interval: Int, _ seconds: Int) throws {
        var machine = MadeMachine(interval: interval)
        while machine.second < seconds {
            machine.refresh([
                MadeMachine.process(7, anonymous: 2 * Double(machine.second) * mebibyte)
            ])
            // Never called by another name on the way.
            let growth = machine.growth[MadeMachine.id(7)]?.growth
            #expect(growth == nil || growth?.shape == .linear || growth?.isTooSmall == true)
        }
        let judged = machine.growth[MadeMachine.id(7)]
        #expect(try #require(judged).growth.shape == .linear)
    }

    @Test(arguments: [(19, false), (20, true)])
    func twentyPointsAreSampledPoints(_ refreshes: Int, _ isKnown: Bool) {
        var machine = MadeMachine(interval: 10)
        for refresh in 1...refreshes {
            machine.refresh([MadeMachine.process(7, anonymous: 20 * Double(refresh) * mebibyte)])
        }
        #expect((machine.growth[MadeMachine.id(7)] != nil) == isKnown)
        let growth = Growth(
            of: .process(MadeMachine.id(7)), in: machine.memory, last: .seconds(3600),
            interval: .seconds(10))
        #expect((growth != nil) == isKnown)
    }

    // MARK: Cost

    @Test func fewCurvesWithAShapeAreJudgedAtOnce() {
        var machine = MadeMachine()
        func processes(_ second: Int) -> [ProcessSample] {
            (Int32(1)...100).map {
                MadeMachine.process($0, anonymous: 4 * Double(second) * mebibyte)
            }
        }
        for second in 1...80 { machine.refresh(processes(second)) }
        func spans() -> [Duration?] {
            (Int32(1)...100).map { machine.growth[MadeMachine.id($0)]?.growth.span }
        }
        let before = spans()
        machine.refresh(processes(81))
        #expect(zip(spans(), before).count { $0 != $1 } == 16)
        for second in 82...90 { machine.refresh(processes(second)) }
        #expect(!spans().contains(nil))
        #expect(zip(spans(), before).allSatisfy { $0 != $1 })
    }

    @Test func whoEndedIsForgotten() {
        var machine = MadeMachine()
        let both = [
            MadeMachine.process(1, anonymous: 9 * mebibyte),
            MadeMachine.process(2, anonymous: 9 * mebibyte),
        ]
        for _ in 1...40 { machine.refresh(both) }
        #expect(machine.growth[MadeMachine.id(2)] != nil)
        machine.refresh([both[0]])
        #expect(machine.growth[MadeMachine.id(1)] != nil)
        #expect(machine.growth[MadeMachine.id(2)] == nil)
    }

    @Test(arguments: [(true, MemoryLimit.addressSpaceLimit), (false, .hostMemory)])
    func theAddressSpaceIsWatched(_ isMappedAlong: Bool, _ limit: MemoryLimit) throws {
        var machine = MadeMachine()
        for second in 1...60 {
            let anonymous = 4 * Double(second) * mebibyte
            let mapped = 100 * mebibyte + (isMappedAlong ? anonymous : 300 * mebibyte)
            machine.refresh([
                MadeMachine.process(
                    7, anonymous: anonymous, addressSpace: mapped,
                    addressSpaceLimit: 500 * mebibyte)
            ]) { $0.memory = MadeMachine.memory(available: 1024 * mebibyte) }
        }
        #expect(try #require(machine.growth[MadeMachine.id(7)]).limit == limit)
    }
}

import Diagnosis
import ProcSampling
import Testing
import Units

@Suite struct GrowthBookTests {
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

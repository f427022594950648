import Diagnosis
import ProcFormats
import ProcSampling
import Testing
import Units

/// Zombies of one parent, on both sides of the thresholds.
@Suite struct PileUpTests {
    private static let server = MadeMachine.id(44)

    private static func process(
        _ id: ProcessIdentity, _ name: String, _ state: TaskState, parent: Int32
    ) -> ProcessSample {
        ProcessSample(id: id, parent: ProcessID(parent), name: name, state: state)
    }

    private static func zombies(_ numbers: Range<Int32>, of parent: Int32 = 44) -> [ProcessSample] {
        numbers.map { process(MadeMachine.id($0), "child", .zombie, parent: parent) }
    }

    /// - Parameter children: of the server, at each second.
    private static func found(
        seconds: Int, _ children: (Int) -> [ProcessSample]
    ) -> Finding? {
        var machine = MadeMachine()
        for second in 0...seconds {
            machine.refresh(
                [process(server, "server", .sleeping, parent: 1)] + children(second))
        }
        return machine.finding(.pileUp)
    }

    @Test func aServerThatNeverWaitsIsNamed() throws {
        let finding = try #require(
            Self.found(seconds: 30) { _ in Self.zombies(1000..<1612) })
        #expect(finding.claim == "server 44 does not wait for its children: 612 zombies")
        #expect(finding.subject == .process(Self.server))
        #expect(finding.severity == .warning && finding.confidence == .high)
        #expect(finding.since == MadeMachine.time(1))
        #expect(finding.advice.hasPrefix("dxtop stacks --pid 44: "))
        #expect(finding.next.contains { $0.command?.hasPrefix("ps --ppid 44 ") == true })
    }

    @Test(arguments: [(20, 30, true), (19, 30, false), (20, 29, false)])
    func itTakesTwentyForHalfAMinute(_ count: Int32, _ seconds: Int, _ isSaid: Bool) {
        let zombies = Self.zombies(1000..<1000 + count)
        #expect((Self.found(seconds: seconds) { _ in zombies } != nil) == isSaid)
    }

    /// Those of several parents are nobody's pile.
    @Test func eachParentCountsForItself() {
        let finding = Self.found(seconds: 40) { _ in
            Self.zombies(1000..<1019) + Self.zombies(2000..<2019, of: 7)
        }
        #expect(finding == nil)
    }

    /// A fork-heavy server reaps each soon after: at any moment it has many zombies, none for long.
    @Test func zombiesThatComeAndGoAreWell() {
        let finding = Self.found(seconds: 120) { second in
            let first = Int32(1000 + 100 * (second / 5))
            return Self.zombies(first..<first + 100)
        }
        #expect(finding == nil)
    }

    /// Old and new ones together: only the old ones count.
    @Test func fewThatStayAmongManyThatGoAreWell() {
        let finding = Self.found(seconds: 120) { second in
            let first = Int32(2000 + 100 * second)
            return Self.zombies(1000..<1019) + Self.zombies(first..<first + 100)
        }
        #expect(finding == nil)
    }
}

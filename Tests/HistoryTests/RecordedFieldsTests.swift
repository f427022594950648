import ProcFormats
import Samples
import TestSupport
import Testing
import Units

@testable import History

/// Stepping back shows each row as it was. A property that `RecordedRows` leaves out would compile,
/// and be unknown, or stay what it once was: whoever adds one is told here.
struct RecordedFieldsTests {
    /// Properties that a moment does not give back, and why.
    private static let notOfThreads = [
        "isCarriedOver":
            "how the sampler came by the row, not what the thread did; `RecordedThreadRow`"
    ]
    private static let notOfProcesses = ["threads": "rows of their own"]
    /// What a row is of does not change: another one is another row.
    private static let namesOfThreads: Set = ["id", "process"]
    private static let namesOfProcesses: Set = ["id"]

    /// A process at moments that follow one another, as the recording has it.
    private static func recorded(
        _ processes: [ProcessSample], in history: History = History()
    ) throws -> [ProcessSample] {
        var history = history
        for (sequence, process) in processes.enumerated() {
            history.record(
                Snapshot(
                    sequence: sequence, time: WallTime(seconds: Int64(sequence)),
                    interval: .seconds(1),
                    host: HostSample(name: "edge-07", kernelRelease: "6.18", cpuCount: 8),
                    processes: [process]))
        }
        var found: [ProcessSample] = []
        for sequence in processes.indices {
            let moment = try #require(history.snapshot(sequence: sequence))
            found.append(try #require(moment.processes.first))
        }
        return found
    }

    private static func differences(_ found: ThreadSample, _ expected: ThreadSample) -> [String] {
        StoredFields(of: found).differences(
            from: StoredFields(of: expected), except: notOfThreads)
    }

    private static func differences(
        _ found: ProcessSample, _ expected: ProcessSample
    ) -> [String] {
        let threads = zip(found.threads, expected.threads).flatMap { differences($0, $1) }
        return threads
            + StoredFields(of: found).differences(
                from: StoredFields(of: expected), except: notOfProcesses)
    }

    @Test func allPropertiesAreSetHere() {
        #expect(
            StoredFields.gaps(
                in: FilledRows.thread(4721), plain: FilledRows.plainThread(1, of: ProcessID(1)))
                == [])
        #expect(
            StoredFields.gaps(in: FilledRows.process(), plain: FilledRows.plainProcess(1)) == [])
        // What is excepted is still there.
        let ofThreads = Set(StoredFields(of: FilledRows.thread(1)).names)
        #expect(ofThreads.isSuperset(of: Self.namesOfThreads.union(Self.notOfThreads.keys)))
        let ofProcesses = Set(StoredFields(of: FilledRows.process()).names)
        #expect(ofProcesses.isSuperset(of: Self.namesOfProcesses.union(Self.notOfProcesses.keys)))
    }

    @Test func everyPropertyComesBack() throws {
        let process = FilledRows.process()
        let found = try Self.recorded([process])[0]
        #expect(Self.differences(found, process) == [])
        #expect(found.threads.count == process.threads.count)
    }

    /// Nor does anything stay of the moment before.
    @Test func whatIsNotKnownComesBackAsNotKnown() throws {
        let (filled, plain) = (FilledRows.process(), FilledRows.plainProcess())
        let moments = [plain, filled, plain]
        let recorded = try Self.recorded(moments)
        for (found, process) in zip(recorded, moments) {
            #expect(Self.differences(found, process) == [])
        }
    }

    // MARK: Changes

    /// A row that stands keeps what it was: each change alone has to make another.
    @Test func eachPropertyOfAThreadCountsWhenItChanges() throws {
        let all = Set(StoredFields(of: FilledRows.thread(1)).names)
        #expect(
            Set(Self.threadChanges.keys)
                == all.subtracting(Self.namesOfThreads).subtracting(Self.notOfThreads.keys))
        for (name, change) in Self.threadChanges {
            let before = FilledRows.process()
            var after = before
            change(&after.threads[0])
            #expect(
                StoredFields(of: after.threads[0])
                    .changes(from: StoredFields(of: before.threads[0])) == [name])
            let moments = [before, after, before]
            let recorded = try Self.recorded(moments)
            for (found, process) in zip(recorded, moments) {
                let thread = try #require(found.threads.first)
                #expect(Self.differences(thread, process.threads[0]) == [], "\(name) changes")
            }
        }
    }

    @Test func eachPropertyOfAProcessCountsWhenItChanges() throws {
        let all = Set(StoredFields(of: FilledRows.process()).names)
        #expect(
            Set(Self.processChanges.keys)
                == all.subtracting(Self.namesOfProcesses).subtracting(Self.notOfProcesses.keys))
        for (name, change) in Self.processChanges {
            let before = FilledRows.process()
            var after = before
            change(&after)
            #expect(StoredFields(of: after).changes(from: StoredFields(of: before)) == [name])
            let moments = [before, after, before]
            let recorded = try Self.recorded(moments)
            for (found, process) in zip(recorded, moments) {
                #expect(Self.differences(found, process) == [], "\(name) changes")
            }
        }
    }

    @Test(arguments: [
        nil, Activity.running, .systemCall(202), .waitChannel("pipe_read"), .denied,
    ])
    func whereAThreadIsIsRecordedAndCoded(_ activity: Activity?) throws {
        let before = FilledRows.process()
        var after = before
        after.threads[0].activity = activity
        let moments = [before, after, before]
        for (found, process) in zip(try Self.recorded(moments), moments) {
            #expect(Self.differences(found, process) == [])
        }
        #expect(try coded(after.threads[0]).activity == activity)
    }

    private static let threadChanges: [String: @Sendable (inout ThreadSample) -> Void] = [
        "name": { $0.name = "other" },
        "state": { $0.state = .running },
        "processor": { $0.processor = 5 },
        "totalTime": { $0.totalTime += Nanoseconds(10_000_000) },
        "cpu": { $0.cpu = Percent(1.5) },
        "user": { $0.user = Percent(1.5) },
        "system": { $0.system = Percent(1.5) },
        "runDelay": { $0.runDelay = Percent(1.5) },
        "voluntarySwitches": { $0.voluntarySwitches = Rate(1.5) },
        "involuntarySwitches": { $0.involuntarySwitches = Rate(1.5) },
        "minorFaults": { $0.minorFaults = Rate(1.5) },
        "majorFaults": { $0.majorFaults = Rate(1.5) },
        "activity": { $0.activity = .waitChannel("pipe_read") },
    ]

    private static let processChanges: [String: @Sendable (inout ProcessSample) -> Void] = [
        "parent": { $0.parent = ProcessID(1) },
        "user": { $0.user = UserID(0) },
        "name": { $0.name = "other" },
        "command": { $0.command = "/opt/other" },
        "isKernelThread": { $0.isKernelThread = false },
        "state": { $0.state = .running },
        "tracer": { $0.tracer = ProcessID(1) },
        "hasTerminal": { $0.hasTerminal = false },
        "nice": { $0.nice = 19 },
        "totalTime": { $0.totalTime += Nanoseconds(10_000_000) },
        "cpu": { $0.cpu = Percent(1.5) },
        "hottestCPU": { $0.hottestCPU = Percent(1.5) },
        "hottestThread": { $0.hottestThread = $0.threads[1].id },
        "endedCPU": { $0.endedCPU = Percent(1.5) },
        "childrenCPU": { $0.childrenCPU = Percent(1.5) },
        "runDelay": { $0.runDelay = Percent(1.5) },
        "mostDelayed": { $0.mostDelayed = FilledRows.delayed($0.threads[0]) },
        "threadCount": { $0.threadCount = 3 },
        "taskLimit": { $0.taskLimit?.used += 1 },
        "minorFaults": { $0.minorFaults = Rate(1.5) },
        "majorFaults": { $0.majorFaults = Rate(1.5) },
        "childrenFaults": { $0.childrenFaults = Rate(1.5) },
        "hasExeced": { $0.hasExeced = false },
        "residentMemory": { $0.residentMemory = ByteCount(kibibytes: 1) },
        "memory": { $0.memory?.peak = ByteCount(kibibytes: 1) },
        "memoryGroup": { $0.memoryGroup = "/other" },
        "lacksMemoryGroup": { $0.lacksMemoryGroup = false },
        "addressSpaceLimit": { $0.addressSpaceLimit = ByteCount(1) },
        "openFiles": { $0.openFiles = 1 },
        "talksOverSockets": { $0.talksOverSockets = false },
        "openFilesLimit": { $0.openFilesLimit = 1 },
        "cgroup": { $0.cgroup = "/other" },
        "cpuGroup": { $0.cpuGroup = "/other" },
    ]

    // MARK: What does not fit

    /// The row of a thread may find no room: who it was is not known then, rather than another.
    @Test func aThreadWithoutARowIsNotTakenForAnother() throws {
        let history = History(threads: RowLimits(rows: 1, changes: 9, changesAtOnce: 9))
        var process = FilledRows.process()
        process.hottestThread = process.threads[1].id
        let found = try Self.recorded([process], in: history)[0]
        #expect(found.threads.map(\.id) == [process.threads[0].id])
        #expect(found.hottestCPU == process.hottestCPU)
        #expect(found.hottestThread == nil)
        #expect(found.mostDelayed == nil)
    }

    private static let twoTebibytes: UInt64 = 1 << 41
    private static let amounts: [UInt64] = [
        0, 1023, 1024, 1 << 31, twoTebibytes - 1, twoTebibytes, twoTebibytes + 5_000_001,
        10 * twoTebibytes, 1024 * twoTebibytes - 2_097_152,
    ]

    @Test(arguments: amounts) func memoryComesBackToAKibibyteOrMebibyte(bytes: UInt64) throws {
        let found = try #require(PackedMemory(ByteCount(bytes)).amount).rawValue
        let step: UInt64 = bytes < Self.twoTebibytes ? 1024 : 1024 * 1024
        #expect(found <= bytes)
        #expect(bytes - found < step)
    }

    @Test func whatIsTooLargeIsNotKnown() {
        #expect(PackedMemory(nil).amount == nil)
        #expect(PackedMemory(ByteCount(1024 * Self.twoTebibytes)).amount == nil)
        #expect(PackedMemory(ByteCount(.max)).amount == nil)
        #expect(PackedCount(nil).count == nil)
        #expect(PackedCount(UInt64(UInt32.max) - 1).count == UInt64(UInt32.max) - 1)
        #expect(PackedCount(UInt64(UInt32.max)).count == nil)
        #expect(PackedCount(UInt64.max).count == nil)
    }

    /// 248 days.
    private static let long: UInt64 = 21_474_836_480_000_000
    private static let times: [UInt64] = [0, 1, 12_345_678_901, long - 1, long, 3 * long, .max]

    @Test(arguments: times) func timeComesBackToAHundredthOrTenSeconds(nanoseconds: UInt64) {
        let found = PackedTime(Nanoseconds(nanoseconds)).time.rawValue
        let step: UInt64 = nanoseconds < Self.long ? 10_000_000 : 10_000_000_000
        #expect(found <= nanoseconds)
        #expect(nanoseconds - found < step)
    }
}

@testable import Diagnosis
import Fields
import ProcFormats
import ProcSampling
import TestSupport
import Testing
import Units

@testable import dxtop

struct RowDocumentsTests {
    private func process(startedAt start: UInt64) -> ProcessSample {
        let id = ProcessIdentity(pid: ProcessID(100), startTime: ClockTicks(start))
        return ProcessSample(
            id: id, name: "p", isKernelThread: false, state: .sleeping,
            totalTime: Nanoseconds(0),
            threads: [
                ThreadSample(
                    id: ThreadIdentity(tid: ThreadID(100), startTime: id.startTime),
                    process: id.pid, name: "p", state: .sleeping)
            ])
    }

    @Test func aReusedNumberIsNotTheProcessAskedFor() {
        let (asked, other) = (process(startedAt: 500), process(startedAt: 900))
        let snapshot = Snapshot(
            sequence: 1, time: WallTime(seconds: 0), interval: nil,
            host: HostSample(name: "h", kernelRelease: "6", cpuCount: 1),
            processes: [other, asked])
        let rows = RowDocuments(
            userNames: Made.users(), hotThreshold: Percent(90.0),
            target: asked.id, memory: MemoryHistory(),
            growth: GrowthVerdicts(), network: NetworkVerdicts())
        #expect(rows.processes(of: snapshot).map(\.row.process.id) == [asked.id])
        #expect(rows.threads(of: snapshot).map(\.row.process.id) == [asked.id])
    }
}

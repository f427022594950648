import ProcFormats
import ProcReading
import Testing
import Units

@testable import ProcSampling

struct LockSearchTests {
    /// What a thread does while it is alone is not followed: with others it is asked anew.
    @Test func oneThatWasAloneIsSearchedAgain() throws {
        let process = TrackedProcess(
            sample: ProcessSample(
                id: ProcessIdentity(pid: ProcessID(7), startTime: ClockTicks(1)), name: "streamd",
                state: .sleeping),
            gateTime: Nanoseconds(0), gateAt: Instant(nanoseconds: 0))
        process.isSearchedForLocks = true
        var search = LockSearch()
        search.search(
            [process], elapsed: .seconds(1), reader: ProcReader(root: try ProcRoot()), own: nil)
        #expect(!process.isSearchedForLocks)
    }
}

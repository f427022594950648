import Glibc
import ProcReading
import Testing
import Units

/// Who holds a lock, by its memory: here it is this program's own, and the holder its first thread.
struct LockHoldersTests {
    private static let first = UInt32(getpid())
    private static let waiters: UInt32 = 0x8000_0000

    /// - Parameters:
    ///   - word: that threads wait for.
    ///   - owner: as a normal mutex of glibc has it, behind a count.
    private func holder(_ word: UInt32, owner: UInt32 = 0) -> ThreadID? {
        let mutex: [UInt32] = [word, 0, owner]
        let holders = LockHolders(TaskHandle(ProcessID(getpid())))
        return mutex.withUnsafeBytes { bytes in
            holders.holder(at: UInt64(UInt(bitPattern: bytes.baseAddress)))
        }
    }

    @Test func aMutexForWhichSomebodyWaitsNamesItsOwner() {
        #expect(holder(2, owner: Self.first) == ThreadID(getpid()))
        // It was taken before anybody waited, or is being taken right now.
        #expect(holder(1, owner: Self.first) == nil)
        #expect(holder(2, owner: 0) == nil)
        // What looks like an owner is the number of no thread.
        #expect(holder(2, owner: 0x3FFF_FFFE) == nil)
        #expect(holder(2, owner: 0xFFFF_FFFE) == nil)
    }

    /// The word of robust mutexes and of locks that lend their priority.
    @Test func aWordWithTheOwnersNumberNamesIt() {
        #expect(holder(Self.waiters | Self.first) == ThreadID(getpid()))
        #expect(holder(Self.waiters | 0x3FFF_FFFE) == nil)
        // Its owner died.
        #expect(holder(0xC000_0000) == nil)
        // A mutex of musl.
        #expect(holder(0x8000_0010) == nil)
    }

    @Test func whereThereIsNoMemoryNobodyIsNamed() {
        let holders = LockHolders(TaskHandle(ProcessID(getpid())))
        #expect(holders.holder(at: 16) == nil)
        #expect(holders.holder(at: .max) == nil)
    }
}

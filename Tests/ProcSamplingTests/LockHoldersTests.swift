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

    /// `pthread_rwlock_t` of glibc on 64-bit machines: threads wait for the phase, at 8, or for the word of
    /// waiting writers, at 12; the one that writes stands at 24.
    private func writer(waitsAt offset: Int, _ words: [UInt32]) -> ThreadID? {
        let holders = LockHolders(TaskHandle(ProcessID(getpid())))
        return words.withUnsafeBytes { bytes in
            holders.holder(
                at: UInt64(UInt(bitPattern: bytes.baseAddress)) + UInt64(offset),
                isPerhapsLock: true)
        }
    }

    @Test func aReadWriteLockNamesWhoWrites() {
        let held: [UInt32] = [11, 1, 3, 3, 0, 0, Self.first, 0, 0, 0, 0, 0, 0, 0]
        #expect(writer(waitsAt: 12, held) == ThreadID(getpid()))
        #expect(writer(waitsAt: 8, held) == ThreadID(getpid()))
        // Readers hold it: how many is known, not who.
        let read: [UInt32] = [10, 1, 2, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        #expect(writer(waitsAt: 12, read) == nil)
        #expect(writer(waitsAt: 8, read) == nil)
        // A condition variable of glibc 2.41, and a mutex behind it that somebody waits for.
        let condition: [UInt32] = [0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2, 0, Self.first, 1, 0, 0]
        #expect(writer(waitsAt: 32, condition) == nil)
        #expect(writer(waitsAt: 36, condition) == nil)
        // A mutex that is waited for with a limit.
        #expect(writer(waitsAt: 0, [2, 0, Self.first, 1, 0]) == ThreadID(getpid()))
    }

    @Test func aSharedLockMayBeHeldByAnotherProcess() throws {
        let parent = getppid()
        let mutex: [UInt32] = [2, 0, UInt32(bitPattern: parent)]
        let holders = LockHolders(TaskHandle(ProcessID(getpid())))
        mutex.withUnsafeBytes { bytes in
            let address = UInt64(UInt(bitPattern: bytes.baseAddress))
            #expect(holders.holder(at: address) == nil)
            #expect(holders.holder(at: address, isShared: true) == ThreadID(parent))
        }
    }

    @Test func whereThereIsNoMemoryNobodyIsNamed() {
        let holders = LockHolders(TaskHandle(ProcessID(getpid())))
        #expect(holders.holder(at: 16) == nil)
        #expect(holders.holder(at: .max) == nil)
    }
}

/// The word of memory that is a lock while threads wait for it, and who holds it.
///
/// A mutex of glibc is a word that is 2 while somebody waits, a count, and its owner's number: `struct
/// __pthread_mutex_s` of bits/struct_mutex.h. A robust one, and a lock that lends its priority
/// (FUTEX_LOCK_PI), have the number in the word. Of a read-write lock (bits/struct_rwlock.h) the words are
/// readers, writers, the phase, writers that wait, two of padding, and the number of the one that writes;
/// threads wait for the third or for the fourth. Other things may look like that, but then hardly hold the
/// number of a thread of that process.
struct LockWord {
    /// The number of the thread that holds it, in the innermost pid namespace of its process; nil for a
    /// lock that does not tell.
    let holder: Int32?

    /// - Parameter isPerhapsLock: of `FutexWait`: it is a read-write lock if it is a lock.
    /// - Returns: nil where there is no memory, or it may not be read.
    init?(at address: UInt64, isPerhapsLock: Bool, in memory: ProcessMemory) {
        guard let bytes = memory.bytes(isPerhapsLock ? 20 : 12, at: address) else { return nil }
        let words = bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map {
                bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)
            }
        }
        let number =
            isPerhapsLock
            ? Self.writer(words, at: address, memory) ?? Self.owner(words) : Self.owner(words)
        holder = number.flatMap { Int32(exactly: $0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    private static func owner(_ words: [UInt32]) -> UInt32? {
        guard let word = words.first, words.count >= 3 else { return nil }
        if word == contended { return words[2] }
        return word & waiters != 0 && word != contendedOfMusl ? word & ownerBits : nil
    }

    /// Who writes, counted from the word of waiting writers, else from that of the phase. That it is such
    /// a lock, its first word tells: a condition variable may look like the others.
    private static func writer(
        _ words: [UInt32], at address: UInt64, _ memory: ProcessMemory
    ) -> UInt32? {
        guard words.count >= 5, words[0] == contended || words[0] == contendedForWriting else {
            return nil
        }
        func isHeldForWriting(_ lock: UInt64) -> Bool {
            let readers = memory.bytes(4, at: lock)?.withUnsafeBytes {
                $0.loadUnaligned(as: UInt32.self)
            }
            return readers.map { $0 & writing == writing } ?? false
        }
        if words[3] > 0, isHeldForWriting(address &- 12) { return words[3] }
        return words[4] > 0 && isHeldForWriting(address &- 8) ? words[4] : nil
    }

    /// PTHREAD_RWLOCK_WRPHASE and PTHREAD_RWLOCK_WRLOCKED.
    private static let writing: UInt32 = 3
    private static let contended: UInt32 = 2
    private static let contendedForWriting: UInt32 = 3
    /// A normal mutex of musl, which keeps no owner.
    private static let contendedOfMusl: UInt32 = 0x8000_0010
    // linux/futex.h
    private static let waiters: UInt32 = 0x8000_0000
    private static let ownerBits: UInt32 = 0x3FFF_FFFF
}

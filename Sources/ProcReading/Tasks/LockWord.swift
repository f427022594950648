/// The word of memory that is a lock while threads wait for it, and who holds it.
struct LockWord {
    /// The number of the thread that holds it, in the innermost pid namespace of its process; nil for a
    /// lock that does not tell.
    let holder: Int32?

    /// A mutex of glibc is a word that is 2 while somebody waits, a count, and its owner's number:
    /// `struct __pthread_mutex_s` of bits/struct_mutex.h. A robust one, and a lock that lends its
    /// priority (FUTEX_LOCK_PI), have the number in the word. Other things may look like that, but then
    /// hardly hold the number of a thread of that process.
    ///
    /// - Returns: nil where there is no memory, or it may not be read.
    init?(at address: UInt64, in memory: ProcessMemory) {
        guard let words = memory.bytes(12, at: address) else { return nil }
        let (word, owner) = words.withUnsafeBytes {
            (
                $0.loadUnaligned(as: UInt32.self),
                $0.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
            )
        }
        let number: UInt32? =
            if word == Self.contended {
                owner
            } else if word & Self.waiters != 0, word != Self.contendedOfMusl {
                word & Self.ownerBits
            } else {
                nil
            }
        holder = number.flatMap { Int32(exactly: $0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    private static let contended: UInt32 = 2
    /// A normal mutex of musl, which keeps no owner.
    private static let contendedOfMusl: UInt32 = 0x8000_0010
    // linux/futex.h
    private static let waiters: UInt32 = 0x8000_0000
    private static let ownerBits: UInt32 = 0x3FFF_FFFF
}

internal import Glibc

/// Memory that files are read into, used again for every file. Grows for a file that does not fit.
struct ReadBuffer: ~Copyable {
    private var memory: UnsafeMutableRawBufferPointer

    init(byteCount: Int) {
        memory = .allocate(byteCount: byteCount, alignment: 16)
    }

    deinit { memory.deallocate() }

    /// No file of /proc is longer; one of a captured tree may be a link to a device without end.
    static let mostBytes = 16 << 20

    /// Reads from an open file: once, which gives a short file of a task whole, or until its end.
    /// Returns how many bytes there are; an errno on failure.
    mutating func fill(from descriptor: Int32, toEnd: Bool) throws(Errno) -> Int {
        var count = 0
        while true {
            guard let base = memory.baseAddress else { return 0 }
            let result = Glibc.read(descriptor, base + count, memory.count - count)
            if result < 0 {
                if errno == EINTR { continue }
                throw Errno(errno)
            }
            count += result
            if result == 0 || (!toEnd && count < memory.count) { return count }
            guard count < Self.mostBytes else { throw Errno(EFBIG) }
            if count == memory.count { grow() }
        }
    }

    /// One call of `getdents64(2)`'s worth of memory, for a listing.
    mutating func withMemory<Result>(_ body: (UnsafeMutableRawBufferPointer) -> Result) -> Result {
        body(memory)
    }

    /// Calls `body` with the first `count` bytes.
    func withBytes<Result, Failure: Error>(
        _ count: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let bytes = UnsafeRawBufferPointer(rebasing: memory[..<count])
        let bound = bytes.bindMemory(to: UInt8.self)
        return try body(bound.span)
    }

    private mutating func grow() {
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: memory.count * 2, alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(memory))
        memory.deallocate()
        memory = larger
    }
}

/// A failure of a system call, by its number.
struct Errno: Error, Hashable {
    let number: Int32
    init(_ number: Int32) { self.number = number }

    /// The task went away.
    var isVanished: Bool { number == ENOENT || number == ESRCH || number == ENOTDIR }
    var isDenied: Bool { number == EACCES || number == EPERM }
    /// What has run out, if that is what it says.
    var shortage: SamplingTrouble.Shortage? {
        switch number {
        case EMFILE, ENFILE: .descriptors
        case ENOMEM: .memory
        default: nil
        }
    }
}

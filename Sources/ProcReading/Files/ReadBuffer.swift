internal import Glibc
package import SystemPackage

/// Memory that files are read into, used again for every file. Grows for a file that does not fit.
package struct ReadBuffer: ~Copyable {
    package private(set) var memory: UnsafeMutableRawBufferPointer

    package init(byteCount: Int) {
        memory = .allocate(byteCount: byteCount, alignment: 16)
    }

    deinit { memory.deallocate() }

    /// No file of /proc is longer; one of a captured tree may be a link to a device without end.
    package static let mostBytes = 16 << 20

    /// Reads from an open file: once, which gives a short file of a task whole, or until its end.
    /// Returns how many bytes there are; an errno on failure.
    package mutating func fill(from descriptor: Int32, toEnd: Bool) throws(Errno) -> Int {
        var count = 0
        while true {
            guard let base = memory.baseAddress else { return 0 }
            let result = Glibc.read(descriptor, base + count, memory.count - count)
            if result < 0 {
                if errno == EINTR { continue }
                throw Errno.current
            }
            count += result
            if result == 0 || (!toEnd && count < memory.count) { return count }
            guard count < Self.mostBytes else { throw Errno.fileTooLarge }
            if count == memory.count { grow() }
        }
    }

    /// One call of `getdents64(2)`'s worth of memory, for a listing.
    package mutating func withMemory<Result>(_ body: (UnsafeMutableRawBufferPointer) -> Result)
        -> Result
    {
        body(memory)
    }

    /// Calls `body` with the first `count` bytes.
    @inlinable
    package func withBytes<Result, Failure: Error>(
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

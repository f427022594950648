internal import Glibc
package import ProcFormats
package import SystemPackage

/// A file that is read piece by piece, of which each piece may end in the middle of an entry.
package struct ChunkBuffer: ~Copyable {
    private var memory: UnsafeMutableRawBufferPointer
    private var start = 0
    private var end = 0

    package init(byteCount: Int) {
        memory = .allocate(byteCount: byteCount, alignment: 16)
    }

    deinit { memory.deallocate() }

    /// Reads the next piece behind what was not parsed yet; returns how many bytes, 0 at the end.
    package mutating func fill(from descriptor: Int32) throws(Errno) -> Int {
        guard let base = memory.baseAddress else { return 0 }
        if start > 0 {
            base.copyMemory(from: base + start, byteCount: end - start)
            (start, end) = (0, end - start)
        }
        while true {
            let count = Glibc.read(descriptor, base + end, memory.count - end)
            if count >= 0 {
                end += count
                return count
            }
            guard errno == EINTR else { throw Errno.current }
        }
    }

    /// Gives what was not parsed yet to `body`, which moves its offset past what it parsed.
    package mutating func parse(
        _ body: (Span<UInt8>, inout Int) throws(ParseError) -> Bool
    ) throws(ParseError) -> Bool {
        let bytes = UnsafeRawBufferPointer(rebasing: memory[start..<end])
        let bound = bytes.bindMemory(to: UInt8.self)
        var offset = 0
        let isWhole = try body(bound.span, &offset)
        start += offset
        // An entry that fills all there is would never end.
        if !isWhole, start == 0, end == memory.count { throw ParseError(.unexpected, at: end) }
        return isWhole
    }

    /// At the end of the file nothing may be left.
    package func expectEmpty() throws(ParseError) {
        guard start == end else { throw ParseError(.truncated, at: end) }
    }
}

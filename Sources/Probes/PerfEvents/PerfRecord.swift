import ProcFormats
import Units

/// One record of a ring, without the bytes themselves: ranges say where they stand. See "MMAP
/// layout" of `perf_event_open(2)`; numbers are in the machine's byte order. Allocates nothing but
/// names.
enum PerfRecord: Hashable, Sendable {
    case sample(PerfSample)
    /// So many records did not fit into the ring.
    case lost(UInt64)
    /// The kernel takes no samples for a while, because they would take too much of its time.
    case throttled
    /// A process mapped code.
    case mapping(ProcessID)
    /// A thread has this name now, or runs another program under it. As the bytes are.
    case named(ProcessID, ThreadID, name: [UInt8], isNewProgram: Bool)
    case began(ProcessID, ThreadID)
    case ended(ProcessID, ThreadID)
    case other

    static let headerLength = 8

    /// That of the record whose header stands at `offset`.
    static func length(at bytes: RawSpan, _ offset: Int) -> Int {
        Int(bytes.unsafeLoadUnaligned(fromByteOffset: offset + 6, as: UInt16.self))
    }

    /// - Parameter fields: what samples were asked to tell.
    init(parsing bytes: RawSpan, _ fields: PerfFields) throws(ParseError) {
        var offset = 0
        let kind: UInt32 = try bytes.number(&offset)
        let flags: UInt16 = try bytes.number(&offset)
        let length: UInt16 = try bytes.number(&offset)
        guard Int(length) == bytes.byteCount else {
            throw ParseError(
                Int(length) > bytes.byteCount ? .truncated : .unexpected, at: bytes.byteCount)
        }
        switch kind {
        case 1, 10: self = .mapping(try bytes.process(&offset))
        case 2:
            try bytes.take(1, of: 8, &offset)
            self = .lost(try bytes.number(&offset))
        case 3:
            let process = try bytes.process(&offset)
            let thread = try bytes.thread(&offset)
            self = .named(
                process, thread, name: bytes.text(from: offset), isNewProgram: flags & 1 << 13 != 0)
        case 4:
            let process = try bytes.process(&offset)
            try bytes.take(1, of: 4, &offset)
            self = .ended(process, try bytes.thread(&offset))
        case 5: self = .throttled
        case 7:
            let process = try bytes.process(&offset)
            try bytes.take(1, of: 4, &offset)
            self = .began(process, try bytes.thread(&offset))
        case 9: self = .sample(try PerfSample(bytes, &offset, fields, isInKernel: flags & 7 == 1))
        default: self = .other
        }
    }
}

/// What was going on at one event. What was not asked for is zero or empty.
struct PerfSample: Hashable, Sendable {
    /// The event itself was in the kernel.
    var isInKernel: Bool
    /// The number of the event that it comes from.
    var identifier: UInt64 = 0
    var instructionPointer: UInt64 = 0
    var process = ProcessID(0)
    var thread = ThreadID(0)
    /// Nanoseconds of the kernel's own clock, which all CPUs share.
    var time: UInt64 = 0
    var cpu: UInt32 = 0
    /// Addresses of 8 bytes, innermost first, with markers between kernel and user: `PerfChain`.
    var chain = 0..<0
    /// What a tracepoint tells: its `format` file in tracefs has the places.
    var raw = 0..<0
    /// 8 bytes each, by `PerfRegisters`; empty for a thread of the kernel and one of 32 bits.
    var registers = 0..<0
    /// The stack from its pointer on, as far as it could be copied.
    var stack = 0..<0

    fileprivate init(
        _ bytes: RawSpan, _ offset: inout Int, _ fields: PerfFields, isInKernel: Bool
    ) throws(ParseError) {
        self.isInKernel = isInKernel
        if fields.contains(.instructionPointer) { instructionPointer = try bytes.number(&offset) }
        if fields.contains(.thread) {
            process = try bytes.process(&offset)
            thread = try bytes.thread(&offset)
        }
        if fields.contains(.time) { time = try bytes.number(&offset) }
        if fields.contains(.identifier) { identifier = try bytes.number(&offset) }
        if fields.contains(.cpu) {
            cpu = try bytes.number(&offset)
            try bytes.take(1, of: 4, &offset)
        }
        if fields.contains(.callChain) {
            chain = try bytes.take(try bytes.number(&offset), of: 8, &offset)
        }
        if fields.contains(.raw) {
            raw = try bytes.take(UInt64(try bytes.number(&offset, as: UInt32.self)), of: 1, &offset)
        }
        if fields.contains(.userRegisters) {
            let abi: UInt64 = try bytes.number(&offset)
            if abi != 0 {
                let all = try bytes.take(UInt64(PerfRegisters.count), of: 8, &offset)
                registers = abi == 2 ? all : 0..<0
            }
        }
        if fields.contains(.userStack) {
            let space: UInt64 = try bytes.number(&offset)
            guard space > 0 else { return }
            let all = try bytes.take(space, of: 1, &offset)
            let copied: UInt64 = try bytes.number(&offset)
            guard copied <= space else { throw ParseError(.unexpected, at: offset - 8) }
            stack = all.lowerBound..<(all.lowerBound + Int(copied))
        }
    }
}

extension RawSpan {
    /// Reads a number and moves `offset` behind it.
    fileprivate func number<Number: FixedWidthInteger & BitwiseCopyable>(
        _ offset: inout Int, as _: Number.Type = Number.self
    ) throws(ParseError) -> Number {
        let place = try take(1, of: MemoryLayout<Number>.size, &offset)
        return unsafeLoadUnaligned(fromByteOffset: place.lowerBound, as: Number.self)
    }

    fileprivate func process(_ offset: inout Int) throws(ParseError) -> ProcessID {
        ProcessID(try number(&offset))
    }

    fileprivate func thread(_ offset: inout Int) throws(ParseError) -> ThreadID {
        ThreadID(try number(&offset))
    }

    /// Moves `offset` behind so many values of a size, and returns where they stand.
    @discardableResult
    fileprivate func take(
        _ count: UInt64, of size: Int, _ offset: inout Int
    ) throws(ParseError) -> Range<Int> {
        guard count <= UInt64(byteCount - offset) / UInt64(size) else {
            throw ParseError(.truncated, at: offset)
        }
        let start = offset
        offset += Int(count) * size
        return start..<offset
    }

    /// The bytes up to the first zero.
    fileprivate func text(from offset: Int) -> [UInt8] {
        var text: [UInt8] = []
        for index in offset..<byteCount {
            let byte = unsafeLoadUnaligned(fromByteOffset: index, as: UInt8.self)
            guard byte != 0 else { break }
            text.append(byte)
        }
        return text
    }
}

internal import CLinux
internal import Glibc
package import ProcFormats
internal import Synchronization
internal import SystemPackage
internal import Units

/// The one place that reads files of /proc: into one buffer used again, with errors told apart and
/// counted. Belongs to one thread.
package final class ProcReader {
    package let root: ProcRoot
    package private(set) var buffer: ReadBuffer
    /// Files and directories read since the last `takeReadCount`.
    private var reads = 0
    private var denied = 0
    private var shortage: SamplingTrouble.Shortage?

    package init(root: ProcRoot, bufferSize: Int = 64 * 1024) {
        self.root = root
        buffer = ReadBuffer(byteCount: bufferSize)
    }

    /// Reads a file and gives its bytes to `parse`, which must not keep them.
    ///
    /// An empty file of a task is one that ended (a zombie has no `cmdline`), so it counts as
    /// vanished unless `mayBeEmpty`.
    @inlinable
    package func read<Value>(
        _ file: ProcFile, mayBeEmpty: Bool = false,
        _ parse: (Span<UInt8>) throws(ParseError) -> Value
    ) throws(ProcError) -> Value {
        try parsed(try load(file, mayBeEmpty: mayBeEmpty), of: file, parse)
    }

    /// The same for a file whose fields are parsed each by itself: those that do not parse are
    /// counted, and nil in the value.
    @inlinable
    package func read<Format: ProcFormat>(
        _ file: ProcFile, mayBeEmpty: Bool = false, as format: Format.Type
    ) throws(ProcError) -> Format {
        try read(file, mayBeEmpty: mayBeEmpty) { bytes, faults throws(ParseError) in
            try Format(parsing: bytes, noting: &faults)
        }
    }

    /// The same for whoever takes more of the bytes than one value.
    @inlinable
    package func read<Value>(
        _ file: ProcFile, mayBeEmpty: Bool = false,
        _ parse: (Span<UInt8>, inout FieldFaults) throws(ParseError) -> Value
    ) throws(ProcError) -> Value {
        try parsed(try load(file, mayBeEmpty: mayBeEmpty), of: file, parse)
    }

    @inlinable
    package func read<Format: ProcFormat>(
        _ kept: KeptFile, as format: Format.Type
    ) throws(ProcError) -> Format {
        try parsed(try load(kept), of: kept.file) { bytes, faults throws(ParseError) in
            try Format(parsing: bytes, noting: &faults)
        }
    }

    /// The same for a file that is kept open, from its beginning.
    @inlinable
    package func read<Value>(
        _ kept: KeptFile, _ parse: (Span<UInt8>) throws(ParseError) -> Value
    ) throws(ProcError) -> Value {
        try parsed(try load(kept), of: kept.file, parse)
    }

    /// Opens a file of a task to be read often.
    package func keep(_ file: ProcFile) throws(ProcError) -> KeptFile {
        do throws(Errno) {
            return KeptFile(file, descriptor: try root.descriptor(of: file))
        } catch {
            throw failure(error, file)
        }
    }

    // MARK: Parts of a reading
    // What depends on the type that is parsed is compiled into the caller: it is called for each
    // thread. The rest is here.

    @inlinable
    package func parsed<Value>(
        _ count: Int, of file: ProcFile, _ parse: (Span<UInt8>) throws(ParseError) -> Value
    ) throws(ProcError) -> Value {
        do throws(ParseError) {
            return try buffer.withBytes(count, parse)
        } catch {
            throw malformed(error, file)
        }
    }

    @inlinable
    package func parsed<Value>(
        _ count: Int, of file: ProcFile,
        _ parse: (Span<UInt8>, inout FieldFaults) throws(ParseError) -> Value
    ) throws(ProcError) -> Value {
        var faults = FieldFaults()
        do throws(ParseError) {
            let value = try buffer.withBytes(count) { bytes throws(ParseError) in
                try parse(bytes, &faults)
            }
            if !faults.isEmpty { note(faults, in: file) }
            return value
        } catch {
            throw malformed(error, file)
        }
    }

    /// Puts a file's bytes into the buffer; returns how many.
    package func load(_ file: ProcFile, mayBeEmpty: Bool) throws(ProcError) -> Int {
        try load(file, mayBeEmpty: mayBeEmpty) { () throws(Errno) in try fill(from: file) }
    }

    package func load(_ kept: KeptFile) throws(ProcError) -> Int {
        try load(kept.file, mayBeEmpty: false) { () throws(Errno) in
            lseek(kept.descriptor, 0, SEEK_SET)
            return try buffer.fill(from: kept.descriptor, toEnd: !kept.file.comesWhole)
        }
    }

    private func load(
        _ file: ProcFile, mayBeEmpty: Bool, fill: () throws(Errno) -> Int
    ) throws(ProcError) -> Int {
        reads += 1
        let count: Int
        do throws(Errno) {
            count = try fill()
        } catch {
            throw failure(error, file)
        }
        if count == 0, !mayBeEmpty {
            throw file.isOfTask
                ? .vanished(path: file.description) : .absent(path: file.description)
        }
        return count
    }

    package func malformed(_ error: ParseError, _ file: ProcFile) -> ProcError {
        let path = file.description
        note(error, in: path)
        return .malformed(path: path, error)
    }

    /// Counts what the kernel told in a way that we do not understand.
    package func note(_ error: ParseError, in source: String) {
        root.faults.withLock { $0.note(error, in: source) }
    }

    /// The same of single fields.
    package func note(_ faults: FieldFaults, in file: ProcFile) {
        root.faults.withLock { $0.note(faults, in: "\(root.path)/\(file.description)") }
    }

    /// Since the start: what did not parse for any reader of the tree, and what this one had no right
    /// to. `unresponsive` is kept elsewhere.
    package var trouble: SamplingTrouble {
        var trouble = root.faults.withLock(\.trouble)
        trouble.denied = denied
        trouble.shortage = shortage
        return trouble
    }

    private func fill(from file: ProcFile) throws(Errno) -> Int {
        let descriptor = try root.descriptor(of: file)
        defer { close(descriptor) }
        return try buffer.fill(from: descriptor, toEnd: !file.comesWhole)
    }

    private func failure(_ error: Errno, _ file: ProcFile) -> ProcError {
        let path = file.description
        if error.isVanished { return file.isOfTask ? .vanished(path: path) : .absent(path: path) }
        if error.isDenied {
            denied += 1
            return .denied(path: path)
        }
        if let shortage = error.shortage { self.shortage = shortage }
        return .failed(path: path, errno: error.rawValue)
    }

    /// Puts the numbers among a directory's names (processes, threads) into `numbers`, in its
    /// order, each once. Bounded by what a pid can be (4 million), or once there are `most`.
    package func list(
        _ directory: ProcFile, into numbers: inout [Int32], atMost most: Int = .max
    ) throws(ProcError) {
        reads += 1
        numbers.removeAll(keepingCapacity: true)
        let descriptor = directory.withCString {
            openat(root.descriptor, $0, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        guard descriptor >= 0 else { throw failure(Errno.current, directory) }
        defer { close(descriptor) }
        while numbers.count < most {
            let count = buffer.withMemory {
                clinux_getdents64(descriptor, $0.baseAddress, min($0.count, 32 * 1024))
            }
            guard count >= 0 else { throw failure(Errno.current, directory) }
            guard count > 0 else { break }
            buffer.withMemory {
                DirectoryEntries.appendNumbers(
                    in: UnsafeRawBufferPointer(rebasing: $0[..<count]), to: &numbers)
            }
        }
    }

    /// How many of a directory's names are numbers; nil for more than `most`: so far they are counted.
    package func count(_ directory: ProcFile, atMost most: Int) throws(ProcError) -> Int? {
        var numbers: [Int32] = []
        try list(directory, into: &numbers, atMost: most + 1)
        return numbers.count <= most ? numbers.count : nil
    }

    /// Trouble since the start; a shortage since this was last asked for.
    package func takeTrouble() -> SamplingTrouble {
        defer { shortage = nil }
        return trouble
    }

    package func takeReadCount() -> Int {
        defer { reads = 0 }
        return reads
    }
}

/// The records that `getdents64(2)` writes.
package enum DirectoryEntries {
    /// Appends the names that are numbers.
    package static func appendNumbers(in records: UnsafeRawBufferPointer, to numbers: inout [Int32])
    {
        let lengthOffset = 16
        let nameOffset = 19
        var start = 0
        while start + nameOffset < records.count {
            let length = Int(
                records.loadUnaligned(fromByteOffset: start + lengthOffset, as: UInt16.self))
            guard length > nameOffset, start + length <= records.count else { return }
            let name = records[(start + nameOffset)..<(start + length)]
            if let number = number(name) { numbers.append(number) }
            start += length
        }
    }

    private static func number(_ name: Slice<UnsafeRawBufferPointer>) -> Int32? {
        var value: Int32 = 0
        var isEmpty = true
        for byte in name {
            if byte == 0 { break }
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10, value <= 99_999_999 else { return nil }
            value = value * 10 + Int32(digit)
            isEmpty = false
        }
        return isEmpty ? nil : value
    }
}

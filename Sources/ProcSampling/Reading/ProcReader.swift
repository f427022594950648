internal import CLinux
internal import Glibc
internal import ProcFormats
internal import Units

/// The one place that reads files of /proc: into one buffer used again, with errors told apart and
/// counted. Belongs to one thread.
final class ProcReader {
    let root: ProcRoot
    private var buffer: ReadBuffer
    /// Files and directories read since the last `takeReadCount`.
    private var reads = 0
    /// `unresponsive` is kept elsewhere.
    private(set) var trouble = SamplingTrouble()

    init(root: ProcRoot, bufferSize: Int = 64 * 1024) {
        self.root = root
        buffer = ReadBuffer(byteCount: bufferSize)
    }

    /// Reads a file and gives its bytes to `parse`, which must not keep them.
    ///
    /// An empty file of a task is one that ended (a zombie has no `cmdline`), so it counts as
    /// vanished unless `mayBeEmpty`.
    func read<Value>(
        _ file: ProcFile, mayBeEmpty: Bool = false,
        _ parse: (Span<UInt8>) throws(ParseError) -> Value
    ) throws(ProcError) -> Value {
        try read(
            file, mayBeEmpty: mayBeEmpty,
            fill: { () throws(Errno) in try fill(from: file) }, parse)
    }

    /// Opens a file of a task to be read often.
    func keep(_ file: ProcFile) throws(ProcError) -> KeptFile {
        do throws(Errno) {
            return KeptFile(file, descriptor: try open(file))
        } catch {
            throw failure(error, file)
        }
    }

    /// The same for a file that is kept open, from its beginning.
    func read<Value>(
        _ kept: KeptFile, _ parse: (Span<UInt8>) throws(ParseError) -> Value
    ) throws(ProcError) -> Value {
        try read(
            kept.file, mayBeEmpty: false,
            fill: { () throws(Errno) in
                lseek(kept.descriptor, 0, SEEK_SET)
                return try buffer.fill(from: kept.descriptor, toEnd: !kept.file.comesWhole)
            }, parse)
    }

    private func read<Value>(
        _ file: ProcFile, mayBeEmpty: Bool, fill: () throws(Errno) -> Int,
        _ parse: (Span<UInt8>) throws(ParseError) -> Value
    ) throws(ProcError) -> Value {
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
        do throws(ParseError) {
            return try buffer.withBytes(count, parse)
        } catch {
            let path = file.description
            note(error, in: path)
            throw .malformed(path: path, error)
        }
    }

    /// Counts what the kernel told in a way that we do not understand.
    func note(_ error: ParseError, in source: String) {
        trouble.malformed += 1
        guard trouble.malformedFiles.count < SamplingTrouble.mostNamed,
            !trouble.malformedFiles.contains(where: { $0.hasPrefix("\(source): ") })
        else { return }
        trouble.malformedFiles.append("\(source): \(error.reason) at byte \(error.offset)")
    }

    private func fill(from file: ProcFile) throws(Errno) -> Int {
        let descriptor = try open(file)
        defer { close(descriptor) }
        return try buffer.fill(from: descriptor, toEnd: !file.comesWhole)
    }

    private func open(_ file: ProcFile) throws(Errno) -> Int32 {
        // A captured tree may hold anything: a FIFO must not stop us.
        let descriptor = file.withCString {
            openat(root.descriptor, $0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        }
        guard descriptor >= 0 else { throw Errno(errno) }
        return descriptor
    }

    private func failure(_ error: Errno, _ file: ProcFile) -> ProcError {
        let path = file.description
        if error.isVanished { return file.isOfTask ? .vanished(path: path) : .absent(path: path) }
        if error.isDenied {
            trouble.denied += 1
            return .denied(path: path)
        }
        if let shortage = error.shortage { trouble.shortage = shortage }
        return .failed(path: path, errno: error.number)
    }

    /// Puts the numbers among a directory's names (processes, threads) into `numbers`, in its
    /// order, each once. Bounded by what a pid can be (4 million), or once there are `most`.
    func list(
        _ directory: ProcFile, into numbers: inout [Int32], atMost most: Int = .max
    ) throws(ProcError) {
        reads += 1
        numbers.removeAll(keepingCapacity: true)
        let descriptor = directory.withCString {
            openat(root.descriptor, $0, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        guard descriptor >= 0 else { throw failure(Errno(errno), directory) }
        defer { close(descriptor) }
        while numbers.count < most {
            let count = buffer.withMemory {
                clinux_getdents64(descriptor, $0.baseAddress, min($0.count, 32 * 1024))
            }
            guard count >= 0 else { throw failure(Errno(errno), directory) }
            guard count > 0 else { break }
            buffer.withMemory {
                DirectoryEntries.appendNumbers(
                    in: UnsafeRawBufferPointer(rebasing: $0[..<count]), to: &numbers)
            }
        }
    }

    /// How many of a directory's names are numbers; nil for more than `most`: so far they are counted.
    func count(_ directory: ProcFile, atMost most: Int) throws(ProcError) -> Int? {
        var numbers: [Int32] = []
        try list(directory, into: &numbers, atMost: most + 1)
        return numbers.count <= most ? numbers.count : nil
    }

    /// Trouble since the start; a shortage since this was last asked for.
    func takeTrouble() -> SamplingTrouble {
        defer { trouble.shortage = nil }
        return trouble
    }

    func takeReadCount() -> Int {
        defer { reads = 0 }
        return reads
    }
}

/// The records that `getdents64(2)` writes.
enum DirectoryEntries {
    /// Appends the names that are numbers.
    static func appendNumbers(in records: UnsafeRawBufferPointer, to numbers: inout [Int32]) {
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

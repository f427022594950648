import CLinux
import ProcReading
import Units

/// Functions that a runtime compiled while it ran and tells in `/tmp/perf-PID.map`: a line each,
/// "START SIZE NAME", hexadecimal numbers; tools/perf/Documentation/jit-interface.txt of the kernel.
struct JITSymbols {
    private let functions: FunctionTable
    private let identity: RegularFile.Identity

    /// More than any runtime is known to write.
    private static let mostBytes = 64 << 20

    /// Nil if there is no such file, or if someone else may have written it.
    init?(of process: ProcessID) {
        guard let path = Self.path(of: process),
            let file = RegularFile(path, in: Self.root(of: process)),
            Self.mayName(process, owner: file.identity.owner)
        else { return nil }
        var bytes: [UInt8] = []
        file.forEachPiece(upTo: Self.mostBytes) { bytes.append(contentsOf: $0) }
        identity = file.identity
        functions = FunctionTable(endOfCode: .max) { table in
            bytes.withUnsafeBufferPointer { Self.add($0, to: &table) }
        }
    }

    /// Whether the runtime has told more since.
    func isOutdated(for process: ProcessID) -> Bool {
        let root = Self.root(of: process)
        let now = Self.path(of: process).flatMap { RegularFile.identity(of: $0, in: root) }
        return now != identity
    }

    func name(at address: UInt64) -> String? {
        functions.index(at: address).map { FunctionName.readable(functions.name(of: $0)) }
    }

    /// The process knows itself by the last of its numbers, that of the innermost pid namespace.
    private static func path(of process: ProcessID) -> String? {
        TaskHandle(process).innermostProcess.map { "/tmp/perf-\($0).map" }
    }

    private static func root(of process: ProcessID) -> String {
        ProcPath.process(process, "root")
    }

    /// Anyone may create files in /tmp.
    private static func mayName(_ process: ProcessID, owner: UInt32) -> Bool {
        var folder = clinux_file()
        guard clinux_file_status(ProcPath.process(process), -1, &folder) else { return false }
        return owner == 0 || owner == folder.owner
    }

    private static func add(_ bytes: UnsafeBufferPointer<UInt8>, to table: inout FunctionTable) {
        var lines = bytes[...]
        // A line that is still being written has no end.
        while let end = lines.firstIndex(of: UInt8(ascii: "\n")) {
            let fields = lines[..<end].split(separator: UInt8(ascii: " "), maxSplits: 2)
            lines = lines[(end + 1)...]
            guard fields.count == 3,
                let start = hexadecimal(fields[0]), let size = hexadecimal(fields[1])
            else { continue }
            table.add(
                UnsafeBufferPointer(rebasing: fields[2]), at: start, size: size, binding: .global)
        }
    }

    private static func hexadecimal(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> UInt64? {
        let text = String(decoding: digits, as: UTF8.self)
        return UInt64(text.hasPrefix("0x") ? text.dropFirst(2) : text[...], radix: 16)
    }
}

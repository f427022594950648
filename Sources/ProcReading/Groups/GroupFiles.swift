internal import Glibc
package import ProcFormats

/// Reads the small files of control groups into one buffer used again. Belongs to one thread.
package final class GroupFiles {
    private var buffer = ReadBuffer(byteCount: 16 * 1024)
    private var reads = 0
    private var faults = FaultLog()

    package init() {}

    /// Calls `body` with a group's open directory; nil where it cannot be opened.
    package func withDirectory<Result>(_ name: String, _ body: (Int32) -> Result) -> Result? {
        let directory = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return nil }
        defer { close(directory) }
        return body(directory)
    }

    /// A file of an open directory; nil where it is not there, may not be read or does not parse.
    package func read<Format: ProcFormat>(
        _ file: StaticString, in directory: Int32, as: Format.Type
    ) -> Format? {
        let descriptor = file.withUTF8Buffer { name in
            name.withMemoryRebound(to: CChar.self) { characters in
                characters.baseAddress.map { openat(directory, $0, O_RDONLY | O_CLOEXEC) } ?? -1
            }
        }
        reads += 1
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard let count = try? buffer.fill(from: descriptor, toEnd: true) else { return nil }
        var found = FieldFaults()
        do throws(ParseError) {
            let value = try buffer.withBytes(count) { bytes throws(ParseError) in
                try Format(parsing: bytes, noting: &found)
            }
            faults.note(found, in: "control group's \(file)")
            return value
        } catch {
            faults.note(error, in: "control group's \(file)")
            return nil
        }
    }

    /// What did not parse, since the start.
    package var trouble: SamplingTrouble { faults.trouble }

    /// Files read since this was asked last.
    package func takeReadCount() -> Int {
        defer { reads = 0 }
        return reads
    }
}

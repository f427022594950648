import Glibc
import ProcSampling
import Units

/// The queue of a real reader; see `Captured/README.md`.
enum CapturedQueue {
    struct Unreadable: Error {
        var name: String
    }

    static func burst(_ name: String) throws -> QueueBurst {
        let folder = String(#filePath.dropLast("CapturedQueue.swift".count)) + "Captured/"
        guard let file = fopen(folder + name + ".txt", "r") else { throw Unreadable(name: name) }
        defer { fclose(file) }
        var numbers: [UInt32] = []
        var line = [CChar](repeating: 0, count: 16_384)
        while fgets(&line, Int32(line.count), file) != nil {
            let bytes = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            numbers += String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
                .compactMap { UInt32($0) }
        }
        guard numbers.count == 502 else { throw Unreadable(name: name) }
        return QueueBurst(
            socket: MadeNetwork.id(1), duration: .seconds(5), isComplete: true,
            queue: Array(numbers[2...]), buffer: ByteCount(UInt64(numbers[0])),
            dropped: UInt64(numbers[1]))
    }
}

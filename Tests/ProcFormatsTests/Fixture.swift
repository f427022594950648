import Glibc

/// Files under `Fixtures`, named by their path in it: "6.18.44/futex/stat".
enum Fixture {
    static let root = String(#filePath.dropLast("Fixture.swift".count)) + "Fixtures/"

    struct Unreadable: Error {
        var path: String
        var errno: Int32
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        guard let file = fopen(root + path, "r") else {
            throw Unreadable(path: path, errno: errno)
        }
        defer { fclose(file) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
            content += buffer[..<count]
        }
        return content
    }

    /// Every file of every case of every kernel, in order.
    static let all: [String] = entries(of: "").flatMap { kernel in
        entries(of: kernel).flatMap { folder in
            entries(of: "\(kernel)/\(folder)").map { "\(kernel)/\(folder)/\($0)" }
        }
    }

    /// What is in a folder, in order; nothing if it is a file.
    static func entries(of folder: String) -> [String] {
        guard let directory = opendir(root + folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}

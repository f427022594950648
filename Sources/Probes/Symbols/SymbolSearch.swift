import CElfutils
import ProcReading
import Units

/// Looks for the file with the symbols of a stripped one, where gdb does, in the process's own
/// files and then in ours. Never asks a server.
struct SymbolSearch {
    let process: ProcessID
    /// Of the stripped file, as the process sees it.
    let path: String

    /// Adds the functions of that file; tells whether there is one.
    func addFunctions(of stripped: ElfFile, to table: inout FunctionTable) -> Bool {
        let buildID = stripped.buildID
        let link = stripped.debugLink
        for root in [ProcPath.process(process, "root"), "/"] {
            let candidates =
                (buildID.map(Self.paths) ?? []) + (link.map { paths(of: $0.name) } ?? [])
            for path in candidates {
                guard let file = RegularFile(path, in: root), let elf = ElfFile(file.descriptor)
                else { continue }
                // A build has one identity; without any, the stripped file knows a checksum.
                let isSame = buildID.map { $0 == elf.buildID } ?? file.hasChecksum(link?.checksum)
                if isSame, elf.addFunctions(to: &table) { return true }
            }
        }
        return false
    }

    /// "/usr/lib/debug/.build-id/c5/1f0a....debug".
    private static func paths(of buildID: [UInt8]) -> [String] {
        guard buildID.count > 2 else { return [] }
        let digits = buildID.map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return ["/usr/lib/debug/.build-id/\(digits[0])/\(digits.dropFirst().joined()).debug"]
    }

    private func paths(of link: String) -> [String] {
        guard !link.contains("/"), let slash = path.lastIndex(of: "/") else { return [] }
        let folder = path[..<slash]
        return [
            "\(folder)/\(link)", "\(folder)/.debug/\(link)", "/usr/lib/debug\(folder)/\(link)",
        ]
    }
}

extension RegularFile {
    /// A larger one would take seconds, and a sparse one may be of any size.
    private static let mostChecked = 1 << 30

    /// Whether this is the CRC-32 of all bytes, as a `.gnu_debuglink` has it.
    fileprivate func hasChecksum(_ expected: UInt32?) -> Bool {
        guard let size = Int(exactly: identity.size), size <= Self.mostChecked else { return false }
        var sum: UInt32 = 0
        forEachPiece(upTo: size) { sum = celfutils_checksum($0.baseAddress, $0.count, sum) }
        return sum == expected
    }
}

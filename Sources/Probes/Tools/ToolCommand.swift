import Samples
import Units

/// A tool's commands for one target.
package struct ToolCommand: Sendable, Hashable {
    /// Argument vectors, run one after the other.
    package let steps: [[String]]

    /// The commands for a shell, a line each: paste them and they do the same.
    package var shellLines: [String] {
        steps.map { step in step.map(Self.quoted).joined(separator: " ") }
    }

    /// `word` as a POSIX shell reads it back.
    package static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            switch UInt8(byte) {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default:
                "_-./,:=+@%".utf8.contains(byte)
            }
        }
        if isPlain, !word.isEmpty { return word }
        return "'"
            + word.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "'\\''") + "'"
    }
}

extension Tool {
    /// The commands for `target`. Where no path for the data is given, it is a file in the current
    /// directory, which suits a person who pastes the commands.
    package func command(for target: ToolTarget, data: String? = nil) -> ToolCommand {
        switch target {
        case .thread(let target):
            let values = [
                "{pid}": "\(target.process.pid)",
                "{tid}": "\(target.thread.tid)",
                "{data}": data ?? "perf-\(target.thread.tid).data",
            ]
            return ToolCommand(steps: steps.map { step in step.map { values[$0] ?? $0 } })
        case .peer(let peer):
            return command(for: peer, size: peer.largestPayload)
        }
    }

    /// - Parameter size: of the payload, in bytes.
    func command(for peer: PeerTarget, size: Int) -> ToolCommand {
        let values = ["{address}": peer.label, "{size}": "\(size)"]
        let entry = peer.namespaceFile.map { ["nsenter", "--net=" + $0] } ?? []
        return ToolCommand(steps: steps.map { step in entry + step.map { values[$0] ?? $0 } })
    }

    /// It keeps its data in a file, a private one while dxtop runs it.
    package var usesDataFile: Bool { steps.contains { $0.contains("{data}") } }
}

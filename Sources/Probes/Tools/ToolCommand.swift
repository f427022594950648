import Samples
import Units

/// A tool's commands for one target.
package struct ToolCommand: Sendable, Hashable {
    /// Argument vectors, run one after the other.
    package let steps: [[String]]

    /// The commands for a shell, a line each: paste them and they do the same.
    package var shellLines: [String] {
        steps.map { step in step.map(\.shellWord).joined(separator: " ") }
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

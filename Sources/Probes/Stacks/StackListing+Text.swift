import ProcFormats
import Samples
import Units

extension StackListing.Group {
    /// "37 threads"
    package var title: String { "\(threads.count) thread" + (threads.count == 1 ? "" : "s") }

    /// "futex_wait [k] < pthread_cond_wait < worker_loop", the function it is in first.
    package var chain: String {
        let names = frames.map(\.label).joined(separator: " < ")
        guard let gap else { return names }
        return names.isEmpty ? "(\(gap))" : "\(names) < (\(gap))"
    }

    /// The same with the innermost function of the kernel alone, for a narrow line: what tells groups
    /// apart is the user's code.
    package var shortChain: String {
        let inKernel = frames.prefix { $0.origin == .kernel }.count
        guard inKernel > 1 else { return chain }
        var short = self
        short.frames.removeSubrange(1..<inKernel)
        return short.chain
    }

    /// Who they are, as many as `most`: "T4131 rdk:broker1 S, T4132 rdk:broker2 S, 30 more".
    package func members(most: Int = .max) -> String {
        let shown = threads.prefix(most).map { "T\($0.id.tid) \($0.name) \($0.state.letter)" }
        let rest = threads.count - shown.count
        return (shown + (rest > 0 ? ["\(rest) more"] : [])).joined(separator: ", ")
    }
}

extension StackListing {
    /// "64 threads in 5 groups"
    package var summary: String {
        let count = groups.reduce(0) { $0 + $1.threads.count }
        let parts = [
            "\(count) thread\(count == 1 ? "" : "s") in \(groups.count) "
                + "group\(groups.count == 1 ? "" : "s")"
        ]
        return (parts + (missing > 0 ? ["\(missing) could not be read"] : []))
            .joined(separator: "; ")
    }
}

import Samples
import Units

/// A profile in the form that flame graph programs read, a line for each call chain:
/// "poll;rd_kafka_consume0;cnd_timedwait 12".
///
/// The thread comes first, then functions from the outermost caller on, and behind a blank the
/// samples; of page faults the bytes. The kernel's functions end in `_[k]`, as `flamegraph.pl
/// --color=java` has it.
package enum FoldedStacks {
    package static func text(_ profile: Profile) -> String {
        let words = profile.frames.map { word($0.name) + ($0.origin == .kernel ? "_[k]" : "") }
        let threads = profile.threads.map { word($0.name) }
        var counts: [String: Int] = [:]
        for stack in profile.stacks {
            let chain = [threads[stack.thread]] + stack.frames.map { words[$0] }
            counts[chain.joined(separator: ";"), default: 0] += stack.count
        }
        let unit = profile.countsPages ? Int(Machine.current.units.pageSize.rawValue) : 1
        return counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value * unit)\n" }.joined()
    }

    /// A name that cannot be taken for two, nor end its line.
    private static func word(_ name: String) -> String {
        name.isEmpty ? "[no name]" : HarmlessText.line(name).replacing(";", with: ":")
    }
}

package import Diagnosis
package import Probes
package import ProcSampling

/// What diagnosis makes of all that was recorded, as of one refresh.
package struct Verdicts: Sendable {
    package private(set) var growth = GrowthBook()
    private var found: Findings

    /// - Parameter findings: what is known to begin with.
    package init(_ findings: [Finding] = []) { found = Findings(findings) }

    /// Most severe first.
    package var findings: [Finding] { found.current }
    /// Readers of sockets, where datagrams are lost, and the header's marks of UDP and TCP.
    package var network: NetworkVerdicts { found.network }

    /// Takes a refresh in, after `history` and `memory` did.
    package mutating func update(
        _ snapshot: Snapshot, history: History, memory: MemoryHistory
    ) {
        growth.update(snapshot, memory: memory)
        found.update(snapshot, history: history, memory: memory, growth: growth)
    }

    /// Takes in what a tool found of the path to a peer; among the findings from the next refresh on.
    mutating func note(_ way: PathMTUResult) { found.note(way) }

    /// Takes in how many system calls a thread made; the findings of it are surer from the next
    /// refresh on.
    package mutating func note(_ calls: CountedSystemCalls) { found.note(calls) }

    /// Threads whose system calls should be counted for that, the most urgent first.
    package var uncounted: [ThreadTarget] {
        found.uncounted.map { ThreadTarget(process: $0.process, thread: $0.thread) }
    }
}

extension State {
    /// The verdicts that go with what is shown: those of now, or those of the moment at which the
    /// screen was frozen. Nil at an earlier moment, of which none were kept.
    var shownVerdicts: Verdicts? {
        if frozen == nil { return verdicts }
        return isSteppedBack ? nil : frozenVerdicts
    }

    /// The screen stands at a moment before the one at which it was frozen: of such moments there is
    /// only what `History` and `MemoryHistory` keep.
    var isSteppedBack: Bool { frozen != nil && frozen?.sequence != frozenVerdictsOf }

    /// The findings that go with what is shown.
    var findings: [Finding] { shownVerdicts?.findings ?? [] }

    /// The screen stands from now on.
    mutating func freeze() {
        frozen = live
        frozenVerdicts = verdicts
        frozenVerdictsOf = live?.sequence
    }
}

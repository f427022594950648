internal import History
internal import Samples

/// What diagnosis makes of all that was recorded, as of one refresh.
package struct Verdicts: Sendable {
    package private(set) var growth = GrowthVerdicts()
    private var found = Findings()

    private var omitted = 0

    package init() {}

    /// - Parameter findings: what is known to begin with.
    package init(_ findings: [Finding]) {
        found = Findings(findings, network: NetworkVerdicts())
    }

    /// What was said at a moment.
    ///
    /// - Parameter omitted: findings that were not kept.
    init(_ findings: [Finding], omitted: Int, network: NetworkVerdicts, growth: GrowthVerdicts) {
        self.growth = growth
        self.omitted = omitted
        found = Findings(findings, network: network)
    }

    /// Most severe first.
    package var findings: [Finding] { found.current }
    /// How many there were, those included that were not kept.
    package var foundCount: Int { found.current.count + omitted }
    /// Readers of sockets, where datagrams are lost, and the header's marks of UDP and TCP.
    package var network: NetworkVerdicts { found.network }

    /// Takes a refresh in, after `history` and `memory` did.
    mutating func update(_ snapshot: Snapshot, history: History, memory: MemoryHistory) {
        growth.update(snapshot, memory: memory)
        found.update(snapshot, history: history, memory: memory, growth: growth)
    }

    /// Takes in what a tool found of the way to a peer; among the findings from the next refresh on.
    mutating func note(_ way: PathMTUResult) { found.note(way) }

    /// Takes in how many system calls a thread made; the findings of it are surer from the next
    /// refresh on.
    mutating func note(_ calls: CountedSystemCalls) { found.note(calls) }

    /// Threads whose system calls should be counted for that, the most urgent first.
    package var uncounted: [CountCandidate] { found.uncounted }
}

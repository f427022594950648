package import Samples

/// The way of a datagram from the wire to the program, and what was lost where.
package struct LossChain: Hashable, Sendable {
    /// From the wire to the program.
    package var stages: [Stage]

    /// The raw values are the names in JSON.
    package enum StageID: String, Hashable, Sendable, CaseIterable {
        case nic
        case softnet
        case ip
        case reassembly
        case checksum
        case memory
        case socket
    }

    package struct Stage: Hashable, Sendable, Identifiable {
        package let id: StageID
        /// Lost here; nil where this kernel, or this namespace, does not count it.
        package var lost: Counted?
        /// What a loss here means.
        package var meaning: String
        /// What to do, with figures of this machine.
        package var next: [NextStep]
        /// By interface, by CPU, by counter, by socket.
        package var details: [Detail]
        /// Loses now.
        package var mark: Mark?
        /// Whom `next` is about; nil where that is nobody in particular.
        package var subject: Subject?

        package init(
            id: StageID, lost: Counted?, meaning: String, next: [NextStep], details: [Detail] = [],
            mark: Mark? = nil, subject: Subject? = nil
        ) {
            self.id = id
            self.lost = lost
            self.meaning = meaning
            self.next = next
            self.details = details
            self.mark = mark
            self.subject = subject
        }

        /// What to do in one sentence.
        package var advice: String { next.advice }
    }

    package struct Detail: Hashable, Sendable {
        /// "eth0", "cpu 3", "Ip.ReasmTimeout", ":12201 edged 3310".
        package var name: String
        /// Nil for what is no loss; a count of it is in the text.
        package var lost: Counted?
        /// What else belongs to it: "mtu 1500", "squeezed 12".
        package var text: String
        /// The interface or the socket that it is; nil for a CPU and a counter.
        package var subject: Subject?

        package init(
            name: String, lost: Counted?, text: String = "", subject: Subject? = nil
        ) {
            self.name = name
            self.lost = lost
            self.text = text
            self.subject = subject
        }
    }

    package init(stages: [Stage]) { self.stages = stages }
}

internal import Samples
internal import Units

/// Several sockets on one address, of which one gets everything: the kernel chooses by the addresses
/// and ports of both ends (SO_REUSEPORT), or gives all to the last one (SO_REUSEADDR).
struct SharedPort {
    let claim: String
    let evidence: [String]
    let next: [NextStep]

    /// Times that the reader of a socket that gets nothing woke up during a burst of samples.
    static let mostWakeups: UInt64 = 2

    /// Nil where it has its address for itself, or others get something, or that is not known.
    init?(of socket: SocketSample, _ network: NetworkInput) {
        let siblings = network.siblings(of: socket)
        guard !siblings.isEmpty,
            siblings.allSatisfy({ network.reading.bursts[$0.id]?.gotNothing == true })
        else { return nil }
        let count = siblings.count + 1
        claim = "gets all that comes for \(count) sockets on its port"
        evidence = siblings.prefix(3).map {
            "\(network.words(for: $0)): got nothing, its queue was empty in all samples"
        }
        next = [
            .change(
                "SO_REUSEPORT chooses by the sender's address and port: have it send from several"
                    + " ports, or distribute in the program (SO_ATTACH_REUSEPORT_EBPF)"),
            .change("with SO_REUSEADDR alone the last one that was bound gets all"),
        ]
    }
}

extension QueueBurst {
    /// Nothing waited for its reader, which slept all the time.
    fileprivate var gotNothing: Bool {
        queue.count >= ReaderVerdict.leastSamples && dropped == 0 && queue.allSatisfy { $0 == 0 }
            && !reader.threads.isEmpty
            && reader.threads.allSatisfy {
                $0.runs == 0 && $0.voluntarySwitches <= SharedPort.mostWakeups
            }
    }
}

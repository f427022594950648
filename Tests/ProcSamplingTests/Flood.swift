import Glibc
import ProcFormats
import Testing
import Units

@testable import ProcSampling

/// Datagrams that are known to have arrived: each waits in a queue or was lost.
enum Flood {
    /// Sends `count` datagrams to a port from each of `sources` sockets; `receivers` are all that
    /// are bound to it, with nothing in their queues.
    static func send(
        _ count: Int, sources: Int = 1, to address: IPAddress, _ receivers: [OpenSocket]
    ) throws {
        let port = try #require(receivers.first?.port)
        let senders = try (0..<sources).map { _ in
            let sender = try OpenSocket(address.isV6 ? AF_INET6 : AF_INET, .datagram)
            try sender.connect(address, port: port)
            return sender
        }
        let before = try state(of: receivers)
        try senders[0].send(bytes: 100)
        // What the kernel charges for one of them.
        var size: UInt64 = 0
        try #require(
            SlowLaneTests.poll {
                size = (try? state(of: receivers).queued) ?? 0
                return size > 0
            })
        for (index, sender) in senders.enumerated() {
            for _ in (index == 0 ? 1 : 0)..<count { try sender.send(bytes: 100) }
        }
        try #require(
            SlowLaneTests.poll {
                guard let now = try? state(of: receivers) else { return false }
                return now.queued / size + now.lost - before.lost == UInt64(count * sources)
            })
    }

    static func samples() throws -> [SocketSample] {
        SocketTableReader(
            reader: ProcReader(root: try ProcRoot()), folder: .thread, namespace: NamespaceID(1),
            usesNetlink: true
        ).read(.udp, at: Nanoseconds(0)).sockets
    }

    private static func state(
        of receivers: [OpenSocket]
    ) throws -> (queued: UInt64, lost: UInt64) {
        let inodes = Set(receivers.map(\.inode))
        let samples = try samples().filter { inodes.contains($0.inode) }
        return (
            samples.reduce(0) { $0 + ($1.receiveQueue ?? 0) },
            samples.reduce(0) { $0 + ($1.drops?.total ?? 0) }
        )
    }
}

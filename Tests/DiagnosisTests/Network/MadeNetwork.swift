import Diagnosis
import ProcSampling
import Units

/// Readings of a network namespace, made by hand.
enum MadeNetwork {
    static let namespace = NetworkNamespace(id: NamespaceID(4_026_531_840), isOwn: true)

    static func id(_ cookie: UInt64) -> SocketID {
        SocketID(namespace: namespace.id, cookie: cookie)
    }

    static func moment(_ second: Int) -> Nanoseconds {
        Nanoseconds(UInt64(100_000 + second) * 1_000_000_000)
    }

    static func reading(
        _ second: Int = 1, _ change: (inout NetworkReading) -> Void = { _ in }
    ) -> NetworkReading {
        var reading = NetworkReading(
            number: second, moment: moment(second), namespace: namespace,
            interval: second == 1 ? nil : .seconds(1))
        reading.sockets.tables = .all
        change(&reading)
        return reading
    }

    /// What a finding about `udp(1)` is about.
    static let udpSubject = Subject.socket(
        id(1), inode: 1001, owner: MadeMachine.id(3310))

    static func udp(
        _ cookie: UInt64, port: UInt16 = 12201, process: Int32? = 3310, drops: Counted? = nil
    ) -> SocketSample {
        SocketSample(
            id: id(cookie), transport: .udp,
            local: .ip(IPAddress(v4: 0), port: port), peer: .none, state: .close,
            inode: UInt32(cookie) + 1000,
            owner: process.map { SocketOwner(process: MadeMachine.id($0), descriptor: 7) },
            receiveBuffer: ByteCount(425_984), drops: drops)
    }

    /// A counter that rose to so much, all of it since dxtop began.
    static func counted(_ count: UInt64, rate: Double? = 0) -> Counted {
        Counted(total: count, rate: rate.map(Rate.init), sinceStart: count)
    }
}

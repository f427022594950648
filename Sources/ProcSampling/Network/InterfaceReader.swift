internal import ProcFormats
internal import SystemPackage
internal import Units

/// Reads the interfaces of a network namespace and what they count. Belongs to one thread.
final class InterfaceReader {
    private let reader: ProcReader
    private let folder: ProcFile.NetworkFolder
    private let socket: NetlinkSocket?
    private var clock = ReadingClock()
    private var tracks = CounterTracks<Key>()
    private var known: Set<UInt32> = []
    /// Numbers given to names that came without an index.
    private var numbers: [String: UInt32] = [:]
    private var lastNumber: UInt32 = 0

    private struct Key: Hashable {
        enum Column { case received, sent, dropped, sendDropped, missed, overrun, damaged }

        var interface: UInt32
        var column: Column
    }

    /// - Parameter socket: one of `.route`, opened in the namespace; without it `/proc/net/dev` is
    ///   read, which tells neither size nor state of an interface.
    init(reader: ProcReader, folder: ProcFile.NetworkFolder, socket: NetlinkSocket?) {
        self.reader = reader
        self.folder = folder
        self.socket = socket
    }

    /// In the order of the kernel.
    func read(at now: Instant = .now) -> [InterfaceSample] {
        let elapsed = clock.elapsed(at: now)
        let interfaces = asked(after: elapsed) ?? listed(after: elapsed)
        let ids = Set(interfaces.map(\.id))
        if ids != known {
            tracks.keep { ids.contains($0.interface) }
            known = ids
        }
        return interfaces
    }

    /// Nil where netlink does not do.
    private func asked(after elapsed: Nanoseconds?) -> [InterfaceSample]? {
        guard let socket, let links = try? socket.links() else { return nil }
        return links.map { link in
            let statistics = link.statistics
            func counted(
                _ column: Key.Column, _ value: KeyPath<LinkMessage.Statistics, UInt64>
            ) -> Counted {
                tracks.note(
                    Key(interface: link.index, column: column), statistics?[keyPath: value] ?? 0,
                    after: elapsed)
            }
            return InterfaceSample(
                id: link.index, name: link.name, mtu: link.mtu, master: link.master,
                isUp: link.isUp,
                isLoopback: link.isLoopback,
                receivedPackets: counted(.received, \.receivedPackets),
                sentPackets: counted(.sent, \.sentPackets),
                dropped: counted(.dropped, \.dropped), missed: counted(.missed, \.missed),
                overrun: counted(.overrun, \.overrun), damaged: counted(.damaged, \.damaged),
                sendDropped: counted(.sendDropped, \.sendDropped))
        }
    }

    private func listed(after elapsed: Nanoseconds?) -> [InterfaceSample] {
        let table = try? reader.read(.network(folder, "dev"), as: InterfaceTable.self)
        let rows = table?.rows ?? []
        let before = numbers
        numbers.removeAll(keepingCapacity: true)
        return rows.map { row in
            let number = before[row.name] ?? nextNumber()
            numbers[row.name] = number
            func counted(_ column: Key.Column, _ value: UInt64?) -> Counted {
                tracks.note(Key(interface: number, column: column), value, after: elapsed)
            }
            return InterfaceSample(
                id: number, name: row.name, isLoopback: row.name == "lo",
                receivedPackets: counted(.received, row.receivedPackets),
                sentPackets: counted(.sent, row.sentPackets),
                dropped: counted(.dropped, row.dropped), overrun: counted(.overrun, row.overrun),
                damaged: counted(.damaged, row.damaged),
                sendDropped: counted(.sendDropped, row.sendDropped))
        }
    }

    /// One that no other name had: what comes back is something new.
    private func nextNumber() -> UInt32 {
        lastNumber += 1
        return lastNumber
    }
}

extension NetlinkSocket {
    /// Every interface of the namespace.
    func links() throws(Errno) -> [LinkMessage] {
        var links: [LinkMessage] = []
        try ask(LinkMessage.request) { message, bytes in
            if let link = try? LinkMessage(message, in: bytes) { links.append(link) }
        }
        return links
    }
}

internal import Glibc
internal import ProcFormats
internal import SystemPackage
internal import Units

/// Reads the sockets of one network namespace: by `sock_diag(7)`, or where that does not do from
/// the files of `/proc/net`. Belongs to one thread, which must stand in the namespace when the
/// reader is made, and for files of `NetworkFolder.thread` at each reading.
final class SocketTableReader {
    private let reader: ProcReader
    private let folder: ProcFile.NetworkFolder
    private let namespace: NamespaceID
    private let netlink: NetlinkSocket?
    /// Why netlink does not do, by listing: a module that is missing is not asked for again, as the
    /// kernel would start a program each time to load it.
    private var refusals: [SocketListing: String] = [:]
    private var listed: [SocketListing: ListedSockets] = [:]
    private let fileDrops: FileDrops

    /// - Parameter refusal: why netlink is not used, where it is not.
    init(
        reader: ProcReader, folder: ProcFile.NetworkFolder, namespace: NamespaceID,
        usesNetlink: Bool, refusal: String = "netlink is not used here"
    ) {
        self.reader = reader
        self.folder = folder
        self.namespace = namespace
        fileDrops = FileDrops(reader: reader, folder: folder)
        var reason = refusal
        var netlink: NetlinkSocket?
        if usesNetlink {
            do throws(Errno) {
                netlink = try NetlinkSocket(.socketDiagnosis)
            } catch {
                reason = error.reason
            }
        }
        self.netlink = netlink
        if netlink == nil {
            for listing in SocketListing.allCases { refusals[listing] = reason }
        }
    }

    /// The sockets of these tables, without their owners. `moment` is on the clock of
    /// `Snapshot.moment`; rates are over the time since the table was read last.
    func read(_ tables: SocketTables, at moment: Nanoseconds) -> SocketReading {
        var reading = SocketReading(tables: tables)
        let listings = SocketListing.allCases.filter { !$0.tables.isDisjoint(with: tables) }
        reading.sockets.reserveCapacity(
            listings.reduce(64) { $0 + (listed[$1]?.count ?? 0) * 9 / 8 })
        for listing in listings {
            let states = listing.states(for: tables)
            let start = reading.sockets.count
            // Taken out, so that it is changed in place.
            var sockets = listed.removeValue(forKey: listing) ?? ListedSockets()
            if !ask(listing, states, at: moment, &sockets, &reading) {
                readFile(of: listing, states, at: moment, &sockets, &reading)
                reading.fromFiles.formUnion(listing.tables.intersection(tables))
            }
            listed[listing] = sockets
            if listing.tables == .udp, start < reading.sockets.count,
                reading.sockets[start].drops == nil
            {
                fileDrops.fill(&reading.sockets, from: start, of: listing, at: moment)
            }
        }
        let judged =
            tables.isDisjoint(with: [.tcp, .udp, .unix])
            ? listings : listings.filter { $0.tables.isDisjoint(with: [.raw, .packet]) }
        if let reason = judged.lazy.compactMap({ self.refusals[$0] }).first {
            reading.source = .files(reason: reason)
        }
        return reading
    }

    /// False where netlink does not do.
    private func ask(
        _ listing: SocketListing, _ states: UInt32, at moment: Nanoseconds,
        _ listed: inout ListedSockets, _ reading: inout SocketReading
    ) -> Bool {
        guard let netlink, refusals[listing.asked] == nil else { return false }
        guard listing.asked == listing else { return true }
        let before = reading.sockets.count
        listed.begin(at: moment)
        do throws(Errno) {
            let isTorn = try netlink.ask(listing.request(states: states)) { message, bytes in
                do throws(ParseError) {
                    try add(message, bytes, listing, &listed, &reading.sockets)
                } catch {
                    reader.note(error, in: "sock_diag \(listing.file)")
                }
            }
            reading.isTorn = reading.isTorn || isTorn
            listed.end(states: states)
            return true
        } catch {
            reading.sockets.removeSubrange(before...)
            guard error.isLasting else {
                reading.isTorn = true
                return true
            }
            refusals[listing] = error.reason
            // Files know sockets by other numbers.
            listed = ListedSockets()
            return false
        }
    }

    private func add(
        _ message: NetlinkMessage, _ bytes: Span<UInt8>, _ listing: SocketListing,
        _ listed: inout ListedSockets, _ sockets: inout [SocketSample]
    ) throws(ParseError) {
        switch listing {
        case .unix:
            let found = try UnixDiagMessage(parsing: bytes, in: message.payload)
            var sample = SocketSample(found, bytes, in: namespace)
            listed.note(&sample, drops: found.memory?.drops, retransmits: nil)
            sockets.append(sample)
        case .packet:
            let found = try PacketDiagMessage(parsing: bytes, in: message.payload)
            var sample = SocketSample(found, in: namespace)
            listed.note(&sample, drops: found.memory?.drops, retransmits: nil)
            sockets.append(sample)
        case .tcp, .tcp6, .udp, .udp6, .raw, .raw6:
            guard let transport = listing.internet?.transport else { return }
            let found = try InetDiagMessage(parsing: bytes, in: message.payload)
            var sample = SocketSample(found, transport, in: namespace)
            listed.note(&sample, drops: found.memory?.drops, retransmits: found.tcp?.retransmits)
            sockets.append(sample)
        }
    }

    /// What the file does not tell is nil. A file that is missing, as those of version 6 may be, has
    /// no sockets.
    private func readFile(
        of listing: SocketListing, _ states: UInt32, at moment: Nanoseconds,
        _ listed: inout ListedSockets, _ reading: inout SocketReading
    ) {
        let before = reading.sockets.count
        listed.begin(at: moment)
        func add(_ sample: SocketSample, drops: UInt32? = nil) {
            guard states & sample.state.bit != 0 else { return }
            var sample = sample
            listed.note(&sample, drops: drops, retransmits: nil)
            reading.sockets.append(sample)
        }
        do throws(ProcError) {
            try reader.read(.network(folder, listing.file)) { bytes, faults throws(ParseError) in
                var offset = try SocketTable.firstRow(in: bytes)
                switch listing {
                case .unix:
                    while let row = UnixTableRow(nextIn: bytes, at: &offset, noting: &faults) {
                        add(SocketSample(row, bytes, in: namespace))
                    }
                case .packet:
                    while let row = PacketTableRow(nextIn: bytes, at: &offset, noting: &faults) {
                        add(SocketSample(row, in: namespace))
                    }
                case .tcp, .tcp6, .udp, .udp6, .raw, .raw6:
                    guard let transport = listing.internet?.transport else { return }
                    while let row = SocketTableRow(
                        nextIn: bytes, at: &offset, hasDrops: transport != .tcp,
                        noting: &faults)
                    {
                        add(SocketSample(row, transport, in: namespace), drops: row.drops)
                    }
                }
            }
            listed.end(states: states)
        } catch {
            reading.sockets.removeSubrange(before...)
        }
    }
}

extension Errno {
    /// Whether asking again would be refused again; a machine short of memory is another matter.
    fileprivate var isLasting: Bool {
        ![.resourceTemporarilyUnavailable, .noBufferSpace, .noMemory, .resourceBusy].contains(self)
    }

    /// For people: "No such file or directory" says nothing of a module that is missing.
    fileprivate var reason: String {
        switch self {
        case .noSuchFileOrDirectory, .protocolNotSupported, .addressFamilyNotSupported:
            "this kernel does not list sockets by netlink"
        case _ where isDenied: "no right to use netlink"
        default: "netlink: \(self)"
        }
    }
}

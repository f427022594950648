internal import Samples
internal import Units

extension LossChain {
    /// The chain as one reading of a namespace shows it.
    ///
    /// - Parameters:
    ///   - readers: of the sockets that were watched closely.
    ///   - machineMemory: all that there is; nil where it is not known.
    init(
        _ reading: NetworkReading, readers: [SocketID: ReaderVerdict],
        names: ProcessNames, machineMemory: PageCount?
    ) {
        self.init(stages: [
            Self.nic(reading.interfaces), Self.softnet(reading.softnet, reading.limits),
            Self.ip(reading.counters), Self.reassembly(reading), Self.checksum(reading.counters),
            Self.memory(reading, of: machineMemory),
            Self.socket(reading, readers: readers, names: names),
        ])
    }

    // MARK: Before IP

    private static func nic(_ interfaces: [InterfaceSample]) -> Stage {
        let masters = interfaces.masters
        let details = interfaces.map { interface in
            let isMaster = masters.contains(interface.id)
            var text = interface.mtu.map { ["mtu \($0)"] } ?? []
            if isMaster { text.append("counted at its members") }
            text += interface.parts.filter { $0.count.total > 0 }
                .map { "\($0.name) \($0.count.total)" }
            return Detail(
                name: interface.name, lost: isMaster ? nil : interface.lost,
                text: text.joined(separator: ", "), subject: .interface(interface.name))
        }
        let members = interfaces.filter { !masters.contains($0.id) }
        let overruns = members.filter { $0.missed.isLosing || $0.overrun.isLosing }
        let names = (overruns.isEmpty ? members.filter { !$0.isLoopback } : overruns)
            .map(\.name)
        let device = names.count == 1 ? names[0].shellWord : "DEV"
        return Stage(
            id: .nic, lost: members.map(\.lost).sum,
            meaning:
                "dropped before IP: the ring was full (missed, overrun), the frame was damaged, or"
                + " of an unknown protocol (rx_dropped counts those, too)",
            next: [
                .command("ethtool -S \(device)", "which counter"),
                .command("ethtool -g \(device)", "how large its ring is, and may be"),
                .change("a larger ring: ethtool -G \(device) rx N"),
                .change("spread its interrupts over more CPUs"),
                .change("damaged: check cable and duplex"),
            ],
            details: details, losing: .warning)
    }

    private static func softnet(_ cpus: [SoftnetSample], _ limits: NetworkLimits) -> Stage {
        let details = cpus.map { cpu in
            var text = ["time_squeeze \(cpu.squeezed.total)"]
            if let backlog = cpu.backlog { text.append("backlog \(backlog)") }
            return Detail(
                name: "cpu \(cpu.id)", lost: cpu.dropped, text: text.joined(separator: ", "))
        }
        return Stage(
            id: .softnet, lost: cpus.map(\.dropped).sum,
            meaning:
                "a CPU's backlog was full; time_squeeze is only a hint that it is short of time",
            next: [
                raise("net.core.netdev_max_backlog", from: limits.backlogMost),
                .change("spread the packets over more CPUs (RPS)"),
            ],
            details: details, losing: .critical)
    }

    // MARK: IP

    private static func ip(_ counters: NetworkCounters) -> Stage {
        let losses: [(NetworkCounter, String)] = [
            (.ipDiscarded, "no memory"), (.ip6Discarded, "no memory"),
            (.ipHeaderErrors, "damaged headers"), (.ip6HeaderErrors, "damaged headers"),
            (.ipAddressErrors, "not for this machine"), (.ip6AddressErrors, "not for this machine"),
            (.ipNoRoutes, "no route"), (.ip6NoRoutes, "no route"),
            (.ipTruncated, "truncated"), (.ip6Truncated, "truncated"),
            (.reversePathFiltered, "dropped by rp_filter"),
            (.conntrackDrops, "connection tracking"),
        ]
        return Stage(
            id: .ip, lost: losses.compactMap { counters[$0.0] }.sum,
            meaning: "thrown away by IP: damaged, misdirected, filtered or out of memory",
            next: [
                .change("by the counter: routes for addresses"),
                .setting("net.ipv4.conf.all.rp_filter", "for rp_filter"),
                .setting("net.netfilter.nf_conntrack_max", "for connection tracking"),
            ],
            details: details(losses, of: counters), losing: .warning)
    }

    private static func reassembly(_ reading: NetworkReading) -> Stage {
        let counters = reading.counters
        let limits = reading.limits
        var details = details(
            [
                (.reassemblyFailed, "datagrams"), (.reassembly6Failed, "datagrams"),
            ], of: counters)
        details += hints(
            [
                (.reassemblyTimeouts, "of these a fragment never came"),
                (.reassembly6Timeouts, "of these a fragment never came"),
                (.fragmentsFailed, "ours: too large, and must not be cut"),
                (.icmpUnreachableReceived, "unreachable, or fragmentation needed: code unknown"),
                (.icmp6PacketTooBigReceived, "packet too big for the path"),
            ], of: counters)
        var memory = ""
        if let used = limits.fragmentMemoryUsed, let most = limits.fragmentMemoryMost {
            memory = "; net.ipv4.ipfrag_high_thresh is \(most), in use \(used)"
            details.append(
                Detail(name: "FRAG memory", lost: nil, text: "\(used) of \(most) bytes"))
        }
        return Stage(
            id: .reassembly, lost: counters.sum(.reassemblyFailed, .reassembly6Failed),
            meaning: "a fragment was lost, and with it the whole datagram; or there was no room for"
                + " fragments",
            next: [
                .change(
                    "keep datagrams below the path MTU less 28 bytes; find what drops fragments"
                        + memory)
            ],
            details: details, losing: .warning)
    }

    // MARK: UDP

    private static func checksum(_ counters: NetworkCounters) -> Stage {
        Stage(
            id: .checksum, lost: counters.sum(.udpChecksumErrors, .udp6ChecksumErrors),
            meaning: "the checksum was wrong: damaged on the path, or a faulty offload",
            next: [
                .change("ethtool -K DEV rx off for a while: if it ends, the card is wrong")
            ],
            details: details([(.udpChecksumErrors, ""), (.udp6ChecksumErrors, "")], of: counters),
            losing: .warning)
    }

    private static func memory(_ reading: NetworkReading, of machine: PageCount?) -> Stage {
        let limits = reading.limits
        var details = details(
            [(.udpMemoryErrors, ""), (.udp6MemoryErrors, "")], of: reading.counters)
        if let used = limits.udpMemoryUsed, let most = limits.udpMemoryMost {
            details.append(
                Detail(
                    name: "UDP memory", lost: nil,
                    text: "\(used.rawValue) of \(most.rawValue) pages"))
        }
        return Stage(
            id: .memory, lost: reading.counters.sum(.udpMemoryErrors, .udp6MemoryErrors),
            meaning: "all UDP sockets together are at the limit, whatever their own buffers",
            next: [
                .view(.udp, sort: .receiveQueue, "find the reader that leaves its queue full")
            ] + (limits.udpMemoryMost.map { [moreMemory($0, of: machine)] } ?? []),
            details: details, losing: .critical)
    }

    /// The kernel's own limit is a fifth of all memory, which nothing else can use meanwhile.
    private static func moreMemory(
        _ most: PageCount, of machine: PageCount?
    ) -> NextStep {
        let (more, isOver) = most.rawValue.multipliedReportingOverflow(by: 2)
        guard !isOver, more <= (machine?.rawValue ?? .max) / 2 else {
            return .change(
                "the \(most.rawValue) pages of net.ipv4.udp_mem are much of the memory already:"
                    + " do not raise it")
        }
        return .change(
            "only then raise the last number of net.ipv4.udp_mem from \(most.rawValue) to"
                + " \(more) pages")
    }

    static func details(
        _ losses: [(NetworkCounter, String)], of counters: NetworkCounters
    ) -> [Detail] {
        losses.compactMap { counter, text in
            counters[counter].map { Detail(name: counter.rawValue, lost: $0, text: text) }
        }
    }

    /// What explains a loss and is none, or none of this way: its count stands in the text.
    static func hints(
        _ counters: [(NetworkCounter, String)], of values: NetworkCounters
    ) -> [Detail] {
        counters.compactMap { counter, text in
            values[counter].map {
                let rate = $0.isLosing ? " (\($0.rate.map(\.text) ?? "")/s)" : ""
                return Detail(
                    name: counter.rawValue, lost: nil, text: "\($0.total)\(rate): \(text)")
            }
        }
    }

    /// To four times as much, where it is known.
    private static func raise(_ setting: String, from value: UInt64?) -> NextStep {
        guard let value, value > 0 else { return .setting(setting, "raise it") }
        let more = value.multipliedReportingOverflow(by: 4).0
        return .setting(setting, to: "\(more)", "raise it from \(value)")
    }
}

extension LossChain.Stage {
    /// - Parameter losing: its mark while it loses.
    init(
        id: LossChain.StageID, lost: Counted?, meaning: String, next: [NextStep],
        details: [LossChain.Detail], losing: Mark, subject: Subject? = nil
    ) {
        self.init(
            id: id, lost: lost, meaning: meaning, next: next, details: details,
            mark: lost?.isLosing == true ? losing : nil, subject: subject)
    }
}

extension Counted {
    /// It rose since the reading before.
    var isLosing: Bool { rate.map { $0 > .zero } ?? false }
}

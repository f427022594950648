internal import Units

/// Counters of the protocols of a namespace, by name, with what they did.
public struct NetworkCounters: Sendable {
    private var values: [Counted?]

    public init() {
        values = Array(repeating: nil, count: NetworkCounter.allCases.count)
    }

    /// Nil where this kernel does not count it. Of a level (`.tcpEstablished`) only `total` is known.
    public subscript(_ counter: NetworkCounter) -> Counted? {
        get { values[counter.index] }
        set { values[counter.index] = newValue }
    }

    package mutating func forgetRates() {
        for index in values.indices { values[index]?.rate = nil }
    }

    /// All counters together, as far as they are known; nil if none is.
    public func sum(_ counters: NetworkCounter...) -> Counted? {
        counters.compactMap { self[$0] }.sum
    }
}

extension NetworkCounters: Codable {
    /// By the kernel's names, those that are known: another version may know others.
    public init(from decoder: any Decoder) throws {
        self.init()
        let known = try [String: Counted](from: decoder)
        for counter in NetworkCounter.allCases { self[counter] = known[counter.rawValue] }
    }

    public func encode(to encoder: any Encoder) throws {
        var known: [String: Counted] = [:]
        for counter in NetworkCounter.allCases { known[counter.rawValue] = self[counter] }
        try known.encode(to: encoder)
    }
}

extension [Counted] {
    /// Nil without any. It has a rate where any of them has one.
    public var sum: Counted? {
        guard var sum = first else { return nil }
        for next in dropFirst() {
            sum.total &+= next.total
            sum.sinceStart &+= next.sinceStart
            let rates = [sum.rate, next.rate].compactMap { $0?.rawValue }
            sum.rate = rates.isEmpty ? nil : Rate(rates.reduce(0, +))
        }
        return sum
    }
}

/// What the kernel counts, by the names of `/proc/net/snmp`, `netstat` ("Udp.InErrors") and `snmp6`
/// ("Udp6InErrors"); see `Documentation/networking/snmp_counter.rst`. Conntrack's are sums over the
/// CPUs of `/proc/net/stat/nf_conntrack`.
public enum NetworkCounter: String, CaseIterable, Sendable {
    case ipReceived = "Ip.InReceives"
    case ipDelivered = "Ip.InDelivers"
    case ipDiscarded = "Ip.InDiscards"
    case ipHeaderErrors = "Ip.InHdrErrors"
    case ipAddressErrors = "Ip.InAddrErrors"
    case ipNoRoutes = "IpExt.InNoRoutes"
    case ipTruncated = "IpExt.InTruncatedPkts"
    case ipReceivedBytes = "IpExt.InOctets"
    case reassemblyNeeded = "Ip.ReasmReqds"
    case reassembled = "Ip.ReasmOKs"
    case reassemblyFailed = "Ip.ReasmFails"
    case reassemblyTimeouts = "Ip.ReasmTimeout"
    case fragmented = "Ip.FragOKs"
    case fragmentsFailed = "Ip.FragFails"
    case fragmentsCreated = "Ip.FragCreates"
    case reversePathFiltered = "TcpExt.IPReversePathFilter"

    case icmpUnreachableReceived = "IcmpMsg.InType3"
    case icmpUnreachableSent = "IcmpMsg.OutType3"
    case icmp6PacketTooBigReceived = "Icmp6InPktTooBigs"

    case udpReceived = "Udp.InDatagrams"
    case udpSent = "Udp.OutDatagrams"
    case udpNoPorts = "Udp.NoPorts"
    case udpErrors = "Udp.InErrors"
    case udpBufferErrors = "Udp.RcvbufErrors"
    case udpSendBufferErrors = "Udp.SndbufErrors"
    case udpChecksumErrors = "Udp.InCsumErrors"
    case udpMemoryErrors = "Udp.MemErrors"
    case udp6Received = "Udp6InDatagrams"
    case udp6Sent = "Udp6OutDatagrams"
    case udp6NoPorts = "Udp6NoPorts"
    case udp6Errors = "Udp6InErrors"
    case udp6BufferErrors = "Udp6RcvbufErrors"
    case udp6SendBufferErrors = "Udp6SndbufErrors"
    case udp6ChecksumErrors = "Udp6InCsumErrors"
    case udp6MemoryErrors = "Udp6MemErrors"
    case ip6Received = "Ip6InReceives"
    case ip6ReceivedBytes = "Ip6InOctets"
    case ip6Discarded = "Ip6InDiscards"
    case ip6HeaderErrors = "Ip6InHdrErrors"
    case ip6AddressErrors = "Ip6InAddrErrors"
    case ip6NoRoutes = "Ip6InNoRoutes"
    case ip6Truncated = "Ip6InTruncatedPkts"
    case reassembly6Needed = "Ip6ReasmReqds"
    case reassembled6 = "Ip6ReasmOKs"
    case reassembly6Failed = "Ip6ReasmFails"
    case reassembly6Timeouts = "Ip6ReasmTimeout"

    case tcpSegmentsSent = "Tcp.OutSegs"
    case tcpSegmentsReceived = "Tcp.InSegs"
    case tcpRetransmitted = "Tcp.RetransSegs"
    case tcpEstablished = "Tcp.CurrEstab"
    case tcpTimeouts = "TcpExt.TCPTimeouts"
    case tcpLostRetransmits = "TcpExt.TCPLostRetransmit"
    case listenOverflows = "TcpExt.ListenOverflows"
    case listenDrops = "TcpExt.ListenDrops"
    case tcpBacklogDrops = "TcpExt.TCPBacklogDrop"
    case tcpReceiveQueueDrops = "TcpExt.TCPRcvQDrop"
    case tcpHandshakeRetransmits = "TcpExt.TCPSynRetrans"
    case tcpWindowsClosed = "TcpExt.TCPToZeroWindowAdv"
    case tcpWindowProbes = "TcpExt.TCPWinProbe"
    case tcpRequestQueueCookies = "TcpExt.TCPReqQFullDoCookies"
    case tcpRequestQueueDrops = "TcpExt.TCPReqQFullDrop"

    case conntrackDrops = "nf_conntrack.drop"
    case conntrackEarlyDrops = "nf_conntrack.early_drop"
    case conntrackInsertFailures = "nf_conntrack.insert_failed"

    /// How many there are now, not how many there have been.
    package var isLevel: Bool { self == .tcpEstablished }

    /// The kernel has a column for it only once it is not 0.
    package var isLeftOutAtZero: Bool { rawValue.hasPrefix("IcmpMsg.") }

    /// Its place among all.
    package var index: Int { Self.indices[self] ?? 0 }

    private static let indices = Dictionary(
        uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}

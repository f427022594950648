public import ProcFormats
public import Units

/// What was read of one network namespace at one moment. Made on a thread of its own, once a
/// refresh at most; see `SamplingPlan+Network` for what is read when.
public struct NetworkReading: Codable, Sendable {
    /// Counts up by one with each reading.
    public var number: Int
    /// Another one when there is more of the same reading: owners, a table that was asked for since.
    public var revision = 0
    /// On the clock of `Snapshot.moment`.
    public var moment: Nanoseconds
    public var namespace: NetworkNamespace
    /// The time that rates are over; nil at the first reading of a namespace.
    public var interval: Duration?
    /// Counters of the protocols; empty where they could not be read.
    public var counters: NetworkCounters
    public var interfaces: [InterfaceSample]
    /// The backlog of each CPU that is online. Of the whole machine, not of the namespace.
    public var softnet: [SoftnetSample]
    public var limits: NetworkLimits
    public var sockets: SocketReading
    /// The queues that were watched closely, the latest time each.
    public var bursts: [SocketID: QueueBurst]
    /// The routing tables; nil while nobody asked for them.
    public var routes: RoutingReading?
    /// The namespaces of the machine; nil while nobody asked for them.
    public var namespaces: NamespaceList?
    /// CPU time that this reading took.
    public var cost: Duration
    /// Why a namespace that was asked for could not be read.
    public var failure: ProcError?

    public init(
        number: Int, moment: Nanoseconds, namespace: NetworkNamespace, interval: Duration? = nil,
        counters: NetworkCounters = NetworkCounters(), interfaces: [InterfaceSample] = [],
        softnet: [SoftnetSample] = [], limits: NetworkLimits = NetworkLimits(),
        sockets: SocketReading = SocketReading(), bursts: [SocketID: QueueBurst] = [:],
        routes: RoutingReading? = nil, namespaces: NamespaceList? = nil, cost: Duration = .zero,
        failure: ProcError? = nil
    ) {
        self.number = number
        self.moment = moment
        self.namespace = namespace
        self.interval = interval
        self.counters = counters
        self.interfaces = interfaces
        self.softnet = softnet
        self.limits = limits
        self.sockets = sockets
        self.bursts = bursts
        self.routes = routes
        self.namespaces = namespaces
        self.cost = cost
        self.failure = failure
    }
}

/// The sockets of a namespace, as far as they were wanted.
public struct SocketReading: Codable, Sendable {
    /// In the order of the kernel's tables: TCP, UDP, raw, UNIX, packet.
    public var sockets: [SocketSample]
    /// Which kinds are here. Of TCP, `.listening` and `.closeWait` alone may be.
    public var tables: SocketTables
    /// Those of them that were not read this time: they are as an earlier reading found them.
    public var fromBefore: SocketTables = []
    /// Of TCP, UDP and UNIX sockets; of the others, where there are no more.
    public var source: Source
    /// Those of the tables for which files had to do: a kernel may lack the module for one.
    public var fromFiles: SocketTables
    public var owners: OwnerSearch
    /// Some sockets came or went while the kernel listed them, or it had no memory to list them:
    /// some may be missing.
    public var isTorn: Bool

    public enum Source: Hashable, Codable, Sendable {
        /// `sock_diag(7)`: everything.
        case netlink
        /// `/proc/net/*`: no buffers, no figures of TCP, no drops but of UDP and raw; why netlink
        /// did not do.
        case files(reason: String)
    }

    /// How far the search for owners is.
    public struct OwnerSearch: Hashable, Codable, Sendable {
        /// Sockets with an inode whose owner is not known, and is still searched.
        public var pending: Int
        /// Processes whose descriptors may not be read: no permission.
        public var deniedProcesses: Int
        /// The tree is not live: inodes say nothing about it.
        public var isImpossible: Bool

        public init(pending: Int = 0, deniedProcesses: Int = 0, isImpossible: Bool = false) {
            self.pending = pending
            self.deniedProcesses = deniedProcesses
            self.isImpossible = isImpossible
        }
    }

    public init(
        sockets: [SocketSample] = [], tables: SocketTables = [], source: Source = .netlink,
        fromFiles: SocketTables = [], owners: OwnerSearch = OwnerSearch(), isTorn: Bool = false
    ) {
        self.sockets = sockets
        self.tables = tables
        self.source = source
        self.fromFiles = fromFiles
        self.owners = owners
        self.isTorn = isTorn
    }

    /// The socket of that number. Searches all of them in place: a copy of each would cost ten times
    /// as much.
    public subscript(id: SocketID) -> SocketSample? {
        sockets.indices.first { sockets[$0].id == id }.map { sockets[$0] }
    }
}

/// Which sockets.
public struct SocketTables: OptionSet, Hashable, Codable, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// TCP sockets in CLOSE_WAIT, and those that listen.
    public static let closeWait = SocketTables(rawValue: 1)
    public static let listening = SocketTables(rawValue: 2)
    /// All TCP sockets, those too.
    public static let tcp = SocketTables(rawValue: 4 | 2 | 1)
    public static let udp = SocketTables(rawValue: 8)
    public static let raw = SocketTables(rawValue: 16)
    public static let unix = SocketTables(rawValue: 32)
    public static let packet = SocketTables(rawValue: 64)
    public static let all: SocketTables = [.tcp, .udp, .raw, .unix, .packet]
}

extension Transport {
    /// Which table of the kernel has such sockets.
    public var table: SocketTables {
        switch self {
        case .tcp: .tcp
        case .udp: .udp
        case .raw: .raw
        case .unixStream, .unixDatagram, .unixSequenced: .unix
        case .packet: .packet
        }
    }
}

/// One interface: `rtnetlink(7)`, RTM_GETLINK; from `/proc/net/dev` and `/sys/class/net` where that
/// does not do. Losses on receiving, by their names in `struct rtnl_link_stats64`.
public struct InterfaceSample: Hashable, Codable, Sendable, Identifiable {
    /// Its index; from `/proc/net/dev`, which has none, a number given to its name.
    public let id: UInt32
    public var name: String
    /// In bytes; nil where it is not told.
    public var mtu: UInt32?
    /// The bond or bridge that it belongs to, which counts what its members receive once more; nil
    /// where it belongs to none, or that is not told.
    public var master: UInt32?
    /// True where it is not told.
    public var isUp: Bool
    public var isLoopback: Bool
    public var receivedPackets: Counted
    public var sentPackets: Counted
    /// `rx_dropped`: no room, or a protocol nobody knows. From `/proc/net/dev`, what was missed is
    /// counted here, too.
    public var dropped: Counted
    /// `rx_missed_errors`, `rx_fifo_errors`, `rx_over_errors`: its ring was full.
    public var missed: Counted
    public var overrun: Counted
    /// `rx_crc_errors`, `rx_frame_errors`, `rx_length_errors`: damaged on the wire.
    public var damaged: Counted
    /// `tx_dropped`.
    public var sendDropped: Counted

    public init(
        id: UInt32, name: String, mtu: UInt32? = nil, master: UInt32? = nil, isUp: Bool = true,
        isLoopback: Bool = false,
        receivedPackets: Counted = Counted(total: 0), sentPackets: Counted = Counted(total: 0),
        dropped: Counted = Counted(total: 0), missed: Counted = Counted(total: 0),
        overrun: Counted = Counted(total: 0), damaged: Counted = Counted(total: 0),
        sendDropped: Counted = Counted(total: 0)
    ) {
        self.id = id
        self.name = name
        self.mtu = mtu
        self.master = master
        self.isUp = isUp
        self.isLoopback = isLoopback
        self.receivedPackets = receivedPackets
        self.sentPackets = sentPackets
        self.dropped = dropped
        self.missed = missed
        self.overrun = overrun
        self.damaged = damaged
        self.sendDropped = sendDropped
    }
}

/// One CPU's row of `/proc/net/softnet_stat`.
public struct SoftnetSample: Hashable, Codable, Sendable, Identifiable {
    /// The CPU's number; before 5.10 the kernel does not say it, and it is the row's.
    public let id: Int
    public var processed: Counted
    /// Its backlog was full: `net.core.netdev_max_backlog`.
    public var dropped: Counted
    /// It ran out of budget with work left: a hint, not a loss.
    public var squeezed: Counted
    /// Packets that wait in its backlog now; nil where the kernel does not tell.
    public var backlog: Int?

    public init(
        id: Int, processed: Counted, dropped: Counted, squeezed: Counted, backlog: Int? = nil
    ) {
        self.id = id
        self.processed = processed
        self.dropped = dropped
        self.squeezed = squeezed
        self.backlog = backlog
    }
}

/// Settings and levels that losses are judged by. Nil where this kernel, or this namespace, does
/// not have one.
public struct NetworkLimits: Hashable, Codable, Sendable {
    /// `net.core.rmem_default` and `rmem_max`, in bytes.
    public var receiveBufferDefault: UInt64?
    public var receiveBufferMost: UInt64?
    /// `net.core.netdev_max_backlog`, in packets; `netdev_budget`, in packets.
    public var backlogMost: UInt64?
    public var budget: UInt64?
    /// `net.core.somaxconn`.
    public var acceptQueueMost: UInt64?
    /// `net.ipv4.udp_mem`: beyond the first, only a socket that holds next to nothing
    /// (`udp_rmem_min`) gets more, as UDP knows no pressure (`__sk_mem_raise_allocated`); where pressure
    /// would begin, and the most; and what is in use (`/proc/net/sockstat`). In pages.
    public var udpMemoryFree: PageCount?
    public var udpMemoryPressure: PageCount?
    public var udpMemoryMost: PageCount?
    public var udpMemoryUsed: PageCount?
    /// `net.ipv4.ipfrag_high_thresh`, and fragments in memory now. In bytes.
    public var fragmentMemoryMost: UInt64?
    public var fragmentMemoryUsed: UInt64?
    /// `net.netfilter.nf_conntrack_count` and `nf_conntrack_max`; nil without connection tracking.
    public var trackedConnections: UInt64?
    public var trackedConnectionsMost: UInt64?
    /// `net.ipv4.ip_local_port_range`: what connect(2) and bind(2) to port 0 choose from.
    public var ephemeralPorts: ClosedRange<UInt16>?
    /// `net.ipv4.tcp_tw_reuse`: 0 never, 1 always, 2 on loopback may connect(2) take a port that is in
    /// TIME_WAIT, after a second.
    public var timeWaitReuse: UInt64?
    /// `net.ipv4.tcp_max_syn_backlog`.
    public var synBacklogMost: UInt64?
    /// TCP sockets in TIME_WAIT (`/proc/net/sockstat`).
    public var tcpTimeWait: UInt64?

    public init() {}
}

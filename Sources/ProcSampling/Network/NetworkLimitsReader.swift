internal import ProcFormats
internal import Units

/// Reads settings of the network now and then, and what is in use of them each time.
///
/// `/proc/sys/net` shows the namespace of the thread that reads it: seen through a process in
/// another one, only what holds for the whole machine is taken from there.
final class NetworkLimitsReader {
    private let reader: ProcReader
    private let folder: ProcFile.NetworkFolder
    private let machine: NetworkLimits
    private var settings = NetworkLimits()
    private var settingsRead: Instant?

    init(reader: ProcReader, folder: ProcFile.NetworkFolder, machine: NetworkLimits) {
        self.reader = reader
        self.folder = folder
        self.machine = machine
    }

    func read(at now: Instant) -> NetworkLimits {
        if SamplingPlan.areSettingsDue(readAt: settingsRead, now: now) {
            settings = readSettings()
            settingsRead = now
        }
        var limits = settings
        let sockets = try? reader.read(.network(folder, "sockstat"), as: SocketStatistics.self)
        limits.udpMemoryUsed = sockets?.udpMemory
        limits.tcpTimeWait = sockets?.tcpTimeWait
        limits.fragmentMemoryUsed = sockets?.fragmentMemory
        // Without connection tracking there is no file to open each time.
        if showsOwnNamespace, limits.trackedConnectionsMost != nil {
            limits.trackedConnections = setting("sys/net/netfilter/nf_conntrack_count")?.first
        }
        return limits
    }

    private func readSettings() -> NetworkLimits {
        var limits = NetworkLimits()
        limits.receiveBufferDefault =
            setting("sys/net/core/rmem_default")?.first ?? machine.receiveBufferDefault
        limits.receiveBufferMost =
            setting("sys/net/core/rmem_max")?.first ?? machine.receiveBufferMost
        limits.backlogMost =
            setting("sys/net/core/netdev_max_backlog")?.first ?? machine.backlogMost
        limits.budget = setting("sys/net/core/netdev_budget")?.first ?? machine.budget
        let udpSetting = setting("sys/net/ipv4/udp_mem")
        let udpMemory = udpSetting?.others.map { $0.map { PageCount($0) } } ?? []
        limits.udpMemoryFree =
            udpSetting.map { PageCount($0.first) } ?? machine.udpMemoryFree
        limits.udpMemoryPressure = (udpMemory.first ?? nil) ?? machine.udpMemoryPressure
        limits.udpMemoryMost = (udpMemory.dropFirst().first ?? nil) ?? machine.udpMemoryMost
        limits.trackedConnectionsMost =
            setting("sys/net/netfilter/nf_conntrack_max")?.first ?? machine.trackedConnectionsMost
        if showsOwnNamespace {
            limits.acceptQueueMost = setting("sys/net/core/somaxconn")?.first
            limits.synBacklogMost = setting("sys/net/ipv4/tcp_max_syn_backlog")?.first
            limits.timeWaitReuse = setting("sys/net/ipv4/tcp_tw_reuse")?.first
            limits.ephemeralPorts = setting("sys/net/ipv4/ip_local_port_range").flatMap(ports)
            limits.fragmentMemoryMost = setting("sys/net/ipv4/ipfrag_high_thresh")?.first
        }
        return limits
    }

    private func ports(_ setting: KernelSetting) -> ClosedRange<UInt16>? {
        guard let first = UInt16(exactly: setting.first),
            let last = setting.others.first?.flatMap(UInt16.init(exactly:)), first <= last
        else { return nil }
        return first...last
    }

    private var showsOwnNamespace: Bool {
        switch folder {
        case .thread, .tree: true
        case .process: false
        }
    }

    private func setting(_ file: StaticString) -> KernelSetting? {
        try? reader.read(.host(file), as: KernelSetting.self)
    }
}

import ProcFormats

/// One /proc file's parser, with what may be expected of a file that is cut off.
struct FileFormat {
    let parse: ([UInt8]) throws(ParseError) -> Any
    let whenCut: WhenCut

    enum WhenCut {
        /// It throws, or nothing that the value tells was in what is missing.
        case sameOrThrows
        /// It throws, or the value tells less, but nothing else.
        case lessOrThrows
        /// The format does not tell where it ends.
        case anything
    }

    /// The format of a fixture.
    static func of(_ path: String) -> FileFormat {
        let parts = path.split(separator: "/")
        let name = parts[2]
        if parts[1] == "host", name == "stat" {
            return FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try SystemStat(parsing: bytes.span)
            }
        }
        if let format = memory(name) ?? group(name) ?? network(name) { return format }
        if parts[1] == "sockets", let format = sockets(name) { return format }
        switch name {
        case "stat":
            return FileFormat(.sameOrThrows) { bytes throws(ParseError) in
                try TaskStat(parsing: bytes.span)
            }
        case "status":
            return FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try TaskStatus(parsing: bytes.span)
            }
        case "schedstat":
            return FileFormat(.sameOrThrows) { bytes throws(ParseError) in
                try SchedStat(parsing: bytes.span)
            }
        case "syscall":
            return FileFormat(.sameOrThrows) { bytes throws(ParseError) in
                try SystemCallRecord(parsing: bytes.span)
            }
        case "io":
            return FileFormat(.sameOrThrows) { bytes throws(ParseError) in
                try TaskIO(parsing: bytes.span)
            }
        case "comm":
            return FileFormat(.anything) { bytes throws(ParseError) in
                try TaskName(parsing: bytes.span)
            }
        case "wchan":
            return FileFormat(.anything) { bytes throws(ParseError) in
                WaitChannel(parsing: bytes.span)
            }
        case "cmdline":
            return FileFormat(.anything) { bytes throws(ParseError) in
                TaskCommandLine(parsing: bytes.span)
            }
        case "stack":
            return FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try KernelStack(parsing: bytes.span)
            }
        case "fdinfo":
            return FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try EpollTargets(parsing: bytes.span)
            }
        case "cgroup":
            return FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try CgroupMembership(parsing: bytes.span).lines
            }
        case "meminfo":
            return FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try MemoryInfo(parsing: bytes.span)
            }
        case "loadavg":
            return FileFormat(.sameOrThrows) { bytes throws(ParseError) in
                try LoadAverage(parsing: bytes.span)
            }
        case "kallsyms":
            return FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try KernelSymbolLine.all(in: bytes)
            }
        case "uptime":
            return FileFormat(.sameOrThrows) { bytes throws(ParseError) in
                try Uptime(parsing: bytes.span)
            }
        case "vmstat":
            return FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try VMStat(parsing: bytes.span)
            }
        case _ where name.hasPrefix("pressure-"):
            return FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try PressureStall(parsing: bytes.span)
            }
        default:
            preconditionFailure("no parser for the fixture \(path)")
        }
    }

    /// Files that tell about memory.
    private static func memory(_ name: Substring) -> FileFormat? {
        switch name {
        case "statm":
            FileFormat(.sameOrThrows) { bytes throws(ParseError) in
                try MemoryPages(parsing: bytes.span)
            }
        case "smaps":
            FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try MappingEntry.all(in: bytes)
            }
        case "maps":
            FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try MappingLine.all(in: bytes)
            }
        case "smaps_rollup":
            FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try SmapsRollup(parsing: bytes.span)
            }
        case "limits":
            FileFormat(.sameOrThrows) { bytes throws(ParseError) in
                try ResourceLimits(parsing: bytes.span)
            }
        case "mountinfo":
            FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try CgroupMounts(parsing: bytes.span)
            }
        case "memory.max", "memory.current", "memory.limit_in_bytes":
            FileFormat(.sameOrThrows) { bytes throws(ParseError) in
                try CgroupAmount(parsing: bytes.span)
            }
        case "memory.failcnt":
            FileFormat(.sameOrThrows) { bytes throws(ParseError) in
                try CgroupCount(parsing: bytes.span)
            }
        case "memory.events", "memory.oom_control":
            FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try CgroupMemoryEvents(parsing: bytes.span)
            }
        case "memory.stat":
            FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try CgroupMemoryStat(parsing: bytes.span)
            }
        case "kmsg":
            FileFormat(.sameOrThrows) { bytes throws(ParseError) in
                try KernelLogRecord(parsing: bytes.span)
            }
        default: nil
        }
    }

    /// Files of a control group that tell about CPU time and tasks.
    private static func group(_ name: Substring) -> FileFormat? {
        switch name {
        case "cpu.stat":
            FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try CgroupCPUStat(parsing: bytes.span)
            }
        case "cpu.max", "cpu.cfs_quota_us", "cpu.cfs_period_us":
            FileFormat(.sameOrThrows) { bytes throws(ParseError) in
                try CgroupCPUQuota(parsing: bytes.span)
            }
        case "pids.max":
            FileFormat(.sameOrThrows) { bytes throws(ParseError) in
                try CgroupTaskLimit(parsing: bytes.span)
            }
        default: nil
        }
    }

    /// Files that tell about the network.
    private static func network(_ name: Substring) -> FileFormat? {
        switch name {
        case "snmp", "netstat":
            FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                var counters = ProtocolCounters(names: wantedCounters)
                try counters.takePairs(of: bytes.span)
                return counters.values
            }
        case "snmp6":
            FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                var counters = ProtocolCounters(names: wantedCounters)
                try counters.takeList(of: bytes.span)
                return counters.values
            }
        case "nf_conntrack":
            // A row less is a smaller sum, and nothing tells how many rows there are.
            FileFormat(.anything) { bytes throws(ParseError) in
                var counters = ProtocolCounters(names: wantedCounters)
                try counters.takeConntrack(of: bytes.span)
                return counters.values
            }
        case "softnet_stat":
            FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try SoftnetStat(parsing: bytes.span)
            }
        case "sockstat":
            FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try SocketStatistics(parsing: bytes.span)
            }
        case "dev":
            FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try InterfaceTable(parsing: bytes.span)
            }
        case "links":
            FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try NetlinkAnswer(bytes, LinkMessage.init)
            }
        case "routes-4", "routes-6", "chosen-4":
            FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try NetlinkAnswer(bytes, RouteMessage.init)
            }
        case "rmem_max", "udp_mem":
            FileFormat(.sameOrThrows) { bytes throws(ParseError) in
                try KernelSetting(parsing: bytes.span)
            }
        default: nil
        }
    }

    /// Tables of sockets, and answers of netlink.
    private static func sockets(_ name: Substring) -> FileFormat? {
        switch name {
        case "tcp", "tcp6", "udp", "udp6", "raw", "raw6":
            FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try SocketTableRow.all(in: bytes, hasDrops: !name.hasPrefix("tcp"))
            }
        case "unix":
            FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try UnixTableRow.all(in: bytes)
            }
        case "packet":
            FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try PacketTableRow.all(in: bytes)
            }
        case "diag-unix":
            FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try NetlinkAnswer(bytes, UnixDiagMessage.init)
            }
        case "diag-packet":
            FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try NetlinkAnswer(bytes, PacketDiagMessage.init)
            }
        case _ where name.hasPrefix("diag-"):
            FileFormat(.lessOrThrows) { bytes throws(ParseError) in
                try NetlinkAnswer(bytes, InetDiagMessage.init)
            }
        default: nil
        }
    }

    private static let wantedCounters = [
        "Ip.InReceives", "Ip.ReasmFails", "IcmpMsg.InType3", "Udp.InErrors", "Udp.MemErrors",
        "TcpExt.ListenOverflows", "IpExt.InOctets", "Udp6InErrors", "Icmp6InPktTooBigs",
        "nf_conntrack.drop",
    ]

    private init(_ whenCut: WhenCut, _ parse: @escaping ([UInt8]) throws(ParseError) -> Any) {
        self.parse = parse
        self.whenCut = whenCut
    }
}

/// Every figure in a value by its path, "cpus.0.times.user.rawValue"; nothing for what is nil.
func figures(of value: Any, at path: String = "") -> [String: String] {
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional where mirror.children.isEmpty: return [:]
    case .collection where mirror.children.isEmpty: return [:]
    default: break
    }
    guard !mirror.children.isEmpty else { return [path: "\(value)"] }
    return mirror.children.enumerated().reduce(into: [:]) { all, child in
        let label = child.element.label ?? "\(child.offset)"
        all.merge(figures(of: child.element.value, at: "\(path).\(label)")) { $1 }
    }
}

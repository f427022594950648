import ProcFormats

/// One /proc file's parser, with what may be expected of a file that is cut off.
struct FileFormat {
    /// What did not parse, it counts.
    let parseFields: ([UInt8], inout FieldFaults) throws(ParseError) -> Any
    let whenCut: WhenCut

    func parse(_ bytes: [UInt8]) throws(ParseError) -> Any {
        var faults = FieldFaults()
        return try parseFields(bytes, &faults)
    }

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
            return FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try SystemStat(parsing: bytes.span, noting: &faults)
            }
        }
        if let format = memory(name) ?? group(name) ?? network(name) { return format }
        if parts[1] == "sockets", let format = sockets(name) { return format }
        switch name {
        case "stat":
            return FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try TaskStat(parsing: bytes.span, noting: &faults)
            }
        case "status":
            return FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try TaskStatus(parsing: bytes.span, noting: &faults)
            }
        case "schedstat":
            return FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try SchedStat(parsing: bytes.span, noting: &faults)
            }
        case "syscall":
            return FileFormat(.sameOrThrows) { bytes, faults throws(ParseError) in
                try SystemCallRecord(parsing: bytes.span)
            }
        case "io":
            return FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try TaskIO(parsing: bytes.span, noting: &faults)
            }
        case "comm":
            return FileFormat(.anything) { bytes, faults throws(ParseError) in
                try TaskName(parsing: bytes.span)
            }
        case "wchan":
            return FileFormat(.anything) { bytes, faults throws(ParseError) in
                WaitChannel(parsing: bytes.span)
            }
        case "cmdline":
            return FileFormat(.anything) { bytes, faults throws(ParseError) in
                TaskCommandLine(parsing: bytes.span)
            }
        case "stack":
            return FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try KernelStack(parsing: bytes.span, noting: &faults)
            }
        case "fdinfo":
            return FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try EpollTargets(parsing: bytes.span, noting: &faults)
            }
        case "cgroup":
            return FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try CgroupMembership(parsing: bytes.span, noting: &faults).lines
            }
        case "meminfo":
            return FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try MemoryInfo(parsing: bytes.span, noting: &faults)
            }
        case "loadavg":
            return FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try LoadAverage(parsing: bytes.span, noting: &faults)
            }
        case "kallsyms":
            return FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                KernelSymbolLine.all(in: bytes, noting: &faults)
            }
        case "interrupts", "softirqs":
            return FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try InterruptTable(parsing: bytes.span, noting: &faults)
            }
        case "diskstats":
            return FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try DiskStatistics(parsing: bytes.span, noting: &faults)
            }
        case "mounts":
            return FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try MountTable(parsing: bytes.span, noting: &faults)
            }
        case "descriptor":
            return FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try DescriptorInfo(parsing: bytes.span, noting: &faults)
            }
        case "uptime":
            return FileFormat(.sameOrThrows) { bytes, faults throws(ParseError) in
                try Uptime(parsing: bytes.span)
            }
        case "vmstat":
            return FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try VMStat(parsing: bytes.span, noting: &faults)
            }
        case _ where name.hasPrefix("pressure-"):
            return FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try PressureStall(parsing: bytes.span, noting: &faults)
            }
        default:
            preconditionFailure("no parser for the fixture \(path)")
        }
    }

    /// Files that tell about memory.
    private static func memory(_ name: Substring) -> FileFormat? {
        switch name {
        case "statm":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try MemoryPages(parsing: bytes.span, noting: &faults)
            }
        case "smaps":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                MappingEntry.all(in: bytes, noting: &faults)
            }
        case "maps":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                MappingLine.all(in: bytes, noting: &faults)
            }
        case "smaps_rollup":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try SmapsRollup(parsing: bytes.span, noting: &faults)
            }
        case "limits":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try ResourceLimits(parsing: bytes.span, noting: &faults)
            }
        case "mountinfo":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try CgroupMounts(parsing: bytes.span, noting: &faults)
            }
        case "memory.max", "memory.current", "memory.limit_in_bytes":
            FileFormat(.sameOrThrows) { bytes, faults throws(ParseError) in
                try CgroupAmount(parsing: bytes.span, noting: &faults)
            }
        case "memory.failcnt":
            FileFormat(.sameOrThrows) { bytes, faults throws(ParseError) in
                try CgroupCount(parsing: bytes.span, noting: &faults)
            }
        case "memory.events", "memory.oom_control":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try CgroupMemoryEvents(parsing: bytes.span, noting: &faults)
            }
        case "memory.stat":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try CgroupMemoryStat(parsing: bytes.span, noting: &faults)
            }
        case "kmsg":
            FileFormat(.sameOrThrows) { bytes, faults throws(ParseError) in
                try KernelLogRecord(parsing: bytes.span)
            }
        default: nil
        }
    }

    /// Files of a control group that tell about CPU time and tasks.
    private static func group(_ name: Substring) -> FileFormat? {
        switch name {
        case "cpu.stat":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try CgroupCPUStat(parsing: bytes.span, noting: &faults)
            }
        case "cpu.max", "cpu.cfs_quota_us", "cpu.cfs_period_us":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try CgroupCPUQuota(parsing: bytes.span, noting: &faults)
            }
        case "pids.max":
            FileFormat(.sameOrThrows) { bytes, faults throws(ParseError) in
                try CgroupTaskLimit(parsing: bytes.span, noting: &faults)
            }
        default: nil
        }
    }

    /// Files that tell about the network.
    private static func network(_ name: Substring) -> FileFormat? {
        switch name {
        case "snmp", "netstat":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                var counters = ProtocolCounters(names: wantedCounters)
                try counters.takePairs(of: bytes.span, noting: &faults)
                return counters.values
            }
        case "snmp6":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                var counters = ProtocolCounters(names: wantedCounters)
                try counters.takeList(of: bytes.span, noting: &faults)
                return counters.values
            }
        case "nf_conntrack":
            // A row less is a smaller sum, and nothing tells how many rows there are.
            FileFormat(.anything) { bytes, faults throws(ParseError) in
                var counters = ProtocolCounters(names: wantedCounters)
                try counters.takeConntrack(of: bytes.span, noting: &faults)
                return counters.values
            }
        case "softnet_stat":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try SoftnetStat(parsing: bytes.span, noting: &faults)
            }
        case "sockstat":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try SocketStatistics(parsing: bytes.span, noting: &faults)
            }
        case "dev":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try InterfaceTable(parsing: bytes.span, noting: &faults)
            }
        case "links":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try NetlinkAnswer(bytes, LinkMessage.init)
            }
        case "routes-4", "routes-6", "chosen-4":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try NetlinkAnswer(bytes, RouteMessage.init)
            }
        case "rmem_max", "udp_mem":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try KernelSetting(parsing: bytes.span, noting: &faults)
            }
        default: nil
        }
    }

    /// Tables of sockets, and answers of netlink.
    private static func sockets(_ name: Substring) -> FileFormat? {
        switch name {
        case "tcp", "tcp6", "udp", "udp6", "raw", "raw6":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                SocketTableRow.all(
                    in: bytes, hasDrops: !name.hasPrefix("tcp"), noting: &faults)
            }
        case "unix":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                UnixTableRow.all(in: bytes, noting: &faults)
            }
        case "packet":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                PacketTableRow.all(in: bytes, noting: &faults)
            }
        case "diag-unix":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try NetlinkAnswer(bytes, UnixDiagMessage.init)
            }
        case "diag-packet":
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
                try NetlinkAnswer(bytes, PacketDiagMessage.init)
            }
        case _ where name.hasPrefix("diag-"):
            FileFormat(.lessOrThrows) { bytes, faults throws(ParseError) in
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

    private init(
        _ whenCut: WhenCut,
        _ parse: @escaping ([UInt8], inout FieldFaults) throws(ParseError) -> Any
    ) {
        parseFields = parse
        self.whenCut = whenCut
    }
}

extension FileFormat {
    /// Figures without which a file says nothing: it may be refused where one does not parse. Nil for
    /// a file that is one record, or one figure.
    static func essentials(of path: String) -> [String]? {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        if path.contains("/host/"), name == "stat" { return [] }
        switch name {
        case "stat": return [".id", ".startTime"]
        case "rmem_max", "udp_mem": return [".first"]
        case "cpu.max", "cpu.cfs_quota_us", "cpu.cfs_period_us": return [".quota"]
        case "syscall", "uptime", "memory.max", "memory.current", "memory.limit_in_bytes",
            "memory.failcnt", "pids.max", "kmsg":
            return nil
        default: return []
        }
    }

    /// Whether it consists of words with blanks between them; netlink's answers, and what a program
    /// writes as it likes, do not.
    static func hasFields(_ path: String) -> Bool {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        let isBinary =
            name.hasPrefix("diag-") || name.hasPrefix("routes-") || name.hasPrefix("chosen-")
            || name == "links"
        return !isBinary && !["comm", "cmdline", "wchan", "kmsg"].contains(name)
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

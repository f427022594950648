internal import Units

/// A network namespace as the kernel shows it: read by netlink and through /proc, in the namespace
/// itself, or where that may not be entered through a process that is in it.
final class KernelNetworkSource: NetworkSource {
    /// Two namespaces to go back and forth between; nil where there is nothing to be entered.
    private struct Crossing {
        var door: NamespaceDoor
        var own: NamespaceHandle
    }

    private let root: ProcRoot
    private let crossing: Crossing?
    private let usesNetlink: Bool
    private let counterReader: CounterReader
    private let socketReader: SocketTableReader
    private let interfaceReader: InterfaceReader
    /// Nil where netlink may not be used.
    private let routeReader: RouteReader?

    /// Must be made on the thread that reads it, which is in `own`.
    init(
        of namespace: NetworkNamespace, root: ProcRoot, reader: ProcReader, own: NamespaceHandle?
    ) throws(ProcError) {
        self.root = root
        var machine = NetworkLimits()
        var folder = ProcFile.NetworkFolder.tree
        var refusal: String?
        var crossing: Crossing?
        if !root.isLive {
            refusal = "the tree is not this machine's"
        } else if !namespace.isOwn, let own {
            machine = NetworkLimitsReader(reader: reader, folder: .tree, machine: machine)
                .read(at: .now)
            let door = NamespaceDoor(
                id: namespace.id, process: namespace.process?.pid, name: namespace.names.first)
            let handle = try door.open(in: root)
            do throws(ProcError) {
                try handle.enter()
                crossing = Crossing(door: door, own: own)
                folder = .thread
            } catch {
                guard let process = door.process, case .denied = error else { throw error }
                refusal = "no right to enter the namespace"
                folder = .process(process)
            }
        }
        self.crossing = crossing
        usesNetlink = refusal == nil
        counterReader = CounterReader(reader: reader, folder: folder, machine: machine)
        socketReader = SocketTableReader(
            reader: reader, folder: folder, namespace: namespace.id, usesNetlink: usesNetlink,
            refusal: refusal ?? "")
        interfaceReader = InterfaceReader(
            reader: reader, folder: folder, socket: usesNetlink ? try? NetlinkSocket(.route) : nil)
        routeReader = usesNetlink ? (try? NetlinkSocket(.route)).map(RouteReader.init) : nil
        leave()
    }

    /// Through the door each time: what was kept open would be there even when nobody else is.
    func enter() throws(ProcError) {
        try crossing?.door.open(in: root).enter()
    }

    func leave() {
        // Who may leave may come back.
        try? crossing?.own.enter()
    }

    func counters() -> CounterReader.Reading { counterReader.read() }

    func sockets(_ tables: SocketTables, at moment: Nanoseconds) -> SocketReading {
        socketReader.read(tables, at: moment)
    }

    func interfaces() -> [InterfaceSample] { interfaceReader.read() }

    func routes() -> RoutingReading? { try? routeReader?.read() }

    func route(to peer: IPAddress) -> ChosenRoute? { routeReader?.route(to: peer) }

    var opensQueueLook: BurstLane.OpenLook? {
        guard usesNetlink else { return nil }
        return { [root, crossing] in
            do throws(ProcError) {
                try crossing?.door.open(in: root).enter()
            } catch {
                return nil
            }
            defer { try? crossing?.own.enter() }
            return QueueProbe().map { probe in { probe.look(at: $0) } }
        }
    }
}

extension NetworkLane {
    /// The lane for a tree.
    convenience init(root: ProcRoot, changed: @escaping @Sendable () -> Void) {
        self.init(changed: changed) { bursts in
            let own = root.isLive ? NamespaceHandle.own : nil
            let reader = ProcReader(root: root)
            let network = NetworkReader(
                root: root, own: own?.id ?? NamespaceID(0), bursts: bursts
            ) { namespace throws(ProcError) in
                try KernelNetworkSource(of: namespace, root: root, reader: reader, own: own)
            }
            return { network.step($0) }
        }
    }
}

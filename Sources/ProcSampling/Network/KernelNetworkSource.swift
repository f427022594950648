internal import ProcFormats
internal import Units

/// A network namespace as the kernel shows it: read by netlink and through /proc, in the namespace
/// itself, or where that may not be entered through a process that is in it.
final class KernelNetworkSource: NetworkSource {
    /// Two namespaces to go back and forth between.
    private struct Crossing {
        var root: ProcRoot
        var door: NamespaceDoor
        var own: NamespaceHandle

        /// Through the door each time: what was kept open would be there even when nobody else is.
        func enter() throws(ProcError) {
            // Where the thread is already: that takes the right to come back, which one may lack
            // who may enter, such as the root of a user namespace.
            try own.enter()
            try door.open(in: root).enter()
        }

        func leave() throws(StrandedThread) {
            do throws(ProcError) {
                try own.enter()
            } catch {
                throw StrandedThread()
            }
        }
    }

    /// Nil where there is nothing to be entered.
    private let crossing: Crossing?
    private let usesNetlink: Bool
    private let reader: ProcReader
    private let counterReader: CounterReader
    private let socketReader: SocketTableReader
    private let interfaceReader: InterfaceReader
    /// Nil where netlink may not be used.
    private let routeReader: RouteReader?

    /// Must be made on the thread that reads it, which is in `own`, and may stay in the namespace
    /// until `leave`.
    init(
        of namespace: NetworkNamespace, root: ProcRoot, reader: ProcReader, own: NamespaceHandle?
    ) throws(ProcError) {
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
            let way = Crossing(root: root, door: door, own: own)
            do throws(ProcError) {
                try way.enter()
                crossing = way
                folder = .thread
            } catch {
                guard let process = door.process, case .denied = error else { throw error }
                refusal = "no right to enter the namespace and to come back"
                folder = .process(process)
            }
        }
        self.crossing = crossing
        self.reader = reader
        usesNetlink = refusal == nil
        counterReader = CounterReader(reader: reader, folder: folder, machine: machine)
        socketReader = SocketTableReader(
            reader: reader, folder: folder, namespace: namespace.id, usesNetlink: usesNetlink,
            refusal: refusal ?? "")
        interfaceReader = InterfaceReader(
            reader: reader, folder: folder, socket: usesNetlink ? try? NetlinkSocket(.route) : nil)
        routeReader = usesNetlink ? (try? NetlinkSocket(.route)).map(RouteReader.init) : nil
    }

    func enter() throws(ProcError) { try crossing?.enter() }

    func leave() throws(StrandedThread) { try crossing?.leave() }

    func counters() -> CounterReader.Reading { counterReader.read() }

    func sockets(_ tables: SocketTables, at moment: Nanoseconds) -> SocketReading {
        socketReader.read(tables, at: moment)
    }

    func interfaces() -> [InterfaceSample] { interfaceReader.read() }

    func routes() -> RoutingReading? { try? routeReader?.read() }

    func route(to peer: IPAddress) -> ChosenRoute? { routeReader?.route(to: peer) }

    var opensQueueReader: BurstLane.OpenQueue? {
        guard usesNetlink else { return nil }
        return { [crossing] () throws(StrandedThread) in
            do throws(ProcError) {
                try crossing?.enter()
            } catch {
                return nil
            }
            let queue = QueueReader()
            try crossing?.leave()
            return queue.map { queue in { queue.sample($0) } }
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

internal import ProcFormats
internal import Synchronization
internal import Units

/// Reads one network namespace at a time, as `SamplingPlan` says, for a `NetworkLane` and on its
/// thread.
final class NetworkReader {
    /// Makes what a namespace is read through.
    typealias MakeSource = (NetworkNamespace) throws(ProcError) -> any NetworkSource

    /// The namespace that is read, and what is known of it.
    struct OpenNamespace {
        let source: any NetworkSource
        var reading: NetworkReading
        var refreshedAt: Nanoseconds?
        var udp = SamplingPlan.TableFacts()
        var tcp = SamplingPlan.TableFacts()
        var connections = SamplingPlan.ConnectionFacts()
        var routing = SamplingPlan.TableFacts()
        /// What was lost by then, by the counters.
        var udpLosses: UInt64?
        var tcpLosses: UInt64?
        /// The owners that the reading shows.
        var ownersRevision = -1
        var sweepCursor = 0
        var sweepCredit: Float = 0
    }

    /// What is searched, owners and namespaces, is searched for so long at a time.
    private static let slice = Nanoseconds(20_000_000)
    /// While owners are found, they are shown so often.
    private static let showPeriod = Nanoseconds(250_000_000)

    let root: ProcRoot
    let bursts: BurstLane
    let owners: OwnerIndex
    private let own: NamespaceID
    private let finder: NamespaceFinder
    private let makeSource: MakeSource
    private let treeClock: TreeClock

    private var order = NetworkLane.Order()
    private var current: OpenNamespace?
    private var number = 0
    private var revision = 0
    private var cost = Nanoseconds(0)
    private var shownAt = Nanoseconds(0)
    /// The step before was one, not a search alone.
    private var wasPass = false
    private var searchedAt: Nanoseconds?
    /// It could not come back from a namespace: this thread must not go on.
    private var isStranded = false
    /// The bursts that were asked for last, and those of them that there was no room for yet.
    private var burstNumber: Int?
    private var burstsWaiting: [SocketID] = []

    init(
        root: ProcRoot, own: NamespaceID, bursts: BurstLane, makeSource: @escaping MakeSource
    ) {
        self.root = root
        self.own = own
        self.bursts = bursts
        self.makeSource = makeSource
        owners = OwnerIndex(root: root)
        finder = NamespaceFinder(root: root, own: own)
        treeClock = TreeClock(root: root)
    }

    /// Does a pass for an order, or goes on with what is searched.
    func step(_ order: NetworkLane.Order?) -> NetworkLane.Step {
        var step = work(order)
        step.isLast = isStranded
        return step
    }

    private func work(_ order: NetworkLane.Order?) -> NetworkLane.Step {
        let began = CPUTime.ofThread
        defer { cost += CPUTime.ofThread.since(began) }
        let isTimeUp = { CPUTime.ofThread.since(began) > Self.slice }
        if let order {
            self.order = order
            if order.isRefresh { cost = Nanoseconds(0) }
            if root.isLive { owners.update(processes: order.processes) }
            bursts.isShown.store(isShown, ordering: .relaxed)
            findNamespaces()
        }
        let wasThere = current != nil
        finder.search(until: isTimeUp)
        let isPass = order != nil || current == nil
        if isPass {
            do throws(ProcError) {
                guard try pass() else { return NetworkLane.Step(isComplete: false) }
            } catch {
                return fail(error)
            }
        }
        searchOwners(isPass: isPass, took: CPUTime.ofThread.since(began))
        return show(isPass: order != nil || !wasThere)
    }

    /// Where there are so many sockets that pass follows pass, the search gets as long as a pass: no
    /// step would be left for it.
    private func searchOwners(isPass: Bool, took time: Nanoseconds) {
        let slice = isPass && wasPass ? max(Self.slice, time) : Self.slice
        wasPass = isPass
        let began = CPUTime.ofThread
        owners.search { CPUTime.ofThread.since(began) > slice }
    }

    // MARK: Which namespace

    private func findNamespaces() {
        guard root.isLive else { return }
        let wanted = order.wish.namespace ?? own
        let isMissing = wanted != own && current?.reading.namespace.id != wanted
        guard order.wish.wantsNamespaces || isMissing else { return }
        if SamplingPlan.isNamespaceSearchDue(searchedAt, now: .sinceBoot) { search() }
    }

    private func search() {
        searchedAt = .sinceBoot
        finder.begin(order.processes)
    }

    /// Opens the namespace that is wished for. False while it is not known how.
    private func arrive() throws(ProcError) -> Bool {
        let wanted = order.wish.namespace ?? own
        if current?.reading.namespace.id == wanted { return true }
        current = nil
        if wanted != own, finder.isSearching { return false }
        guard let namespace = namespace(wanted) else {
            throw .vanished(path: "net:[\(wanted.rawValue)]")
        }
        current = OpenNamespace(
            source: try makeSource(namespace),
            reading: NetworkReading(
                number: number, moment: .sinceBoot, namespace: namespace,
                sockets: SocketReading(
                    owners: SocketReading.OwnerSearch(isImpossible: !root.isLive))))
        return true
    }

    private func namespace(_ id: NamespaceID) -> NetworkNamespace? {
        finder.list?.namespaces.first { $0.id == id }
            ?? (id == own ? NetworkNamespace(id: own, isOwn: true) : nil)
    }

    /// It could not be read: the next refresh tries again.
    private func fail(_ error: ProcError) -> NetworkLane.Step {
        current = nil
        number += 1
        let wanted = order.wish.namespace ?? own
        let namespace =
            namespace(wanted) ?? NetworkNamespace(id: wanted, isOwn: wanted == own)
        var reading = NetworkReading(
            number: number, moment: .sinceBoot, namespace: namespace, failure: error)
        if order.wish.wantsNamespaces { reading.namespaces = finder.list }
        return NetworkLane.Step(reading: reading, isNews: true)
    }

    // MARK: One pass

    /// False if the namespace is still searched.
    private func pass() throws(ProcError) -> Bool {
        guard try arrive(), var current else { return false }
        let now = Nanoseconds.sinceBoot
        let isRefresh = order.isRefresh || current.refreshedAt == nil
        do throws(ProcError) {
            try current.source.enter()
        } catch {
            leave(current)
            return try search(after: error)
        }
        if isRefresh { refresh(&current, at: now) }
        let tables = current.readSockets(order.wish.tables, isRefresh: isRefresh, at: now)
        current.readRoutes(order.wish, at: now)
        leave(current)
        if treeClock.standsStill { current.reading.forgetRates() }
        if root.isLive {
            verifyOwners(&current, elapsed: current.reading.interval)
            owners.assign(to: &current.reading.sockets.sockets)
            current.ownersRevision = owners.revision
            bursts.note(
                current.reading.sockets.sockets, in: current.reading.namespace.id,
                isComplete: tables.contains(.udp), holders: owners.holders)
            startBursts(current, hasNews: tables.contains(.udp), at: now)
        }
        self.current = current
        return true
    }

    private func leave(_ current: OpenNamespace) {
        do throws(StrandedThread) {
            try current.source.leave()
        } catch {
            isStranded = true
        }
    }

    /// The process that led into the namespace has ended: perhaps there is another.
    private func search(after error: ProcError) throws(ProcError) -> Bool {
        guard case .vanished = error,
            SamplingPlan.isNamespaceSearchDue(searchedAt, now: .sinceBoot)
        else { throw error }
        current = nil
        search()
        return false
    }

    private func refresh(_ current: inout OpenNamespace, at now: Nanoseconds) {
        number += 1
        treeClock.read()
        current.reading.number = number
        current.reading.moment = now
        current.reading.interval = current.refreshedAt.map { Duration(now.since($0)) }
        current.refreshedAt = now
        if let known = namespace(current.reading.namespace.id) { current.reading.namespace = known }
        let counters = current.source.counters()
        current.reading.counters = counters.counters
        current.reading.softnet = counters.softnet
        current.reading.limits = counters.limits
        current.reading.interfaces = current.source.interfaces()
        current.noteLosses(at: now)
    }

    /// An owner may have closed a socket that others hold open. Of those that a person looks at that
    /// is found at once, of others in their turn.
    private func verifyOwners(_ current: inout OpenNamespace, elapsed: Duration?) {
        let sockets = current.reading.sockets.sockets
        let followed = Set(order.wish.follows)
        if !followed.isEmpty {
            for socket in sockets where followed.contains(socket.id) {
                owners.verify(socket.inode)
            }
        }
        let share = SamplingPlan.sweepShare(
            of: sockets.count, elapsed: elapsed?.inNanoseconds ?? Nanoseconds(0),
            credit: &current.sweepCredit)
        if current.sweepCursor >= sockets.count { current.sweepCursor = 0 }
        let swept = current.sweepCursor..<min(sockets.count, current.sweepCursor + share)
        for socket in sockets[swept] { owners.verify(socket.inode) }
        current.sweepCursor = swept.upperBound
    }

    private func startBursts(_ current: OpenNamespace, hasNews: Bool, at now: Nanoseconds) {
        guard let open = current.source.opensQueueReader,
            current.reading.sockets.tables.contains(.udp)
        else { return }
        if let burst = order.wish.burst, burst.number != burstNumber {
            burstNumber = burst.number
            burstsWaiting = burst.sockets
        }
        var facts = SamplingPlan.BurstFacts()
        facts.asked = burstsWaiting
        facts.followed = order.wish.follows
        var samples: [SocketID: SocketSample] = [:]
        let named = Set(facts.asked).union(facts.followed)
        let sockets = current.reading.sockets.sockets
        for index in sockets.indices where sockets[index].transport == .udp {
            let rate = hasNews ? sockets[index].drops?.rate ?? .zero : .zero
            guard rate > .zero || named.contains(sockets[index].id) else { continue }
            let socket = sockets[index]
            samples[socket.id] = socket
            if rate > .zero { facts.dropping.append((socket.id, rate)) }
        }
        // Who shares the address of one that drops, and perhaps gets nothing.
        let addresses = Set(facts.dropping.compactMap { samples[$0.socket]?.local })
        for index in sockets.indices
        where !addresses.isEmpty && sockets[index].transport == .udp
            && samples[sockets[index].id] == nil && addresses.contains(sockets[index].local)
        {
            samples[sockets[index].id] = sockets[index]
            facts.followed.append(sockets[index].id)
        }
        facts.asked.removeAll { samples[$0] == nil }
        facts.followed.removeAll { samples[$0] == nil }
        burstsWaiting = facts.asked
        guard !samples.isEmpty else { return }
        (facts.running, facts.endedAt) = bursts.facts
        let chosen = SamplingPlan.bursts(facts, now: now).compactMap { samples[$0] }
        let begun = facts.running.union(chosen.map(\.id))
        burstsWaiting.removeAll(where: begun.contains)
        if !chosen.isEmpty {
            bursts.start(chosen, holders: owners.holders, root: root, open: open)
        }
    }

    // MARK: What is shown

    /// A person waits for what is read.
    private var isShown: Bool {
        let wish = order.wish
        return !wish.tables.isEmpty || wish.wantsRoutes || wish.routeTo != nil
            || wish.wantsNamespaces
    }

    private func show(isPass: Bool) -> NetworkLane.Step {
        guard var current else { return NetworkLane.Step(isComplete: false) }
        let isComplete = !owners.isSearching && !finder.isSearching
        let now = Nanoseconds.sinceBoot
        let hasOwners = current.ownersRevision != owners.revision
        guard isPass || isComplete || now.since(shownAt) >= Self.showPeriod else {
            return NetworkLane.Step(isComplete: false)
        }
        shownAt = now
        if root.isLive {
            if hasOwners { owners.assign(to: &current.reading.sockets.sockets) }
            current.ownersRevision = owners.revision
            current.reading.sockets.owners = SocketReading.OwnerSearch(
                pending: owners.pending, deniedProcesses: owners.deniedProcesses)
            if hasOwners {
                bursts.note(
                    current.reading.sockets.sockets, in: current.reading.namespace.id,
                    isComplete: false, holders: owners.holders)
            }
        }
        revision += 1
        current.reading.revision = revision
        current.reading.cost = Duration(cost)
        current.reading.namespaces = order.wish.wantsNamespaces ? finder.list : nil
        self.current = current
        return NetworkLane.Step(
            reading: current.reading, isNews: isShown, isComplete: isComplete)
    }
}

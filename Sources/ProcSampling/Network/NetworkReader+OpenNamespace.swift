internal import Units

extension NetworkReader.OpenNamespace {
    /// The tables in the order in which they are shown.
    private static let order: [SocketTables] = [.tcp, .udp, .raw, .unix, .packet]

    /// Reads the tables that are due, which it returns; the others stay as they were read last.
    mutating func readSockets(
        _ wish: SocketTables, isRefresh: Bool, at now: Nanoseconds
    ) -> SocketTables {
        let before = reading.sockets
        let tables =
            isRefresh
            ? SamplingPlan.socketTables(
                wish, udp: udp, tcp: tcp, connections: connections, now: now)
            : wish.subtracting(before.tables)
        let kept = before.tables.kept(for: wish)
        // Not so much as a copy of what stands still.
        guard !tables.isEmpty || kept != before.tables else {
            if isRefresh { reading.sockets.fromBefore = kept }
            return []
        }
        var after = SocketReading(owners: before.owners)
        if tables.isDisjoint(with: [.tcp, .udp, .unix]) { after.source = before.source }
        for table in Self.order {
            let due = tables.intersection(table)
            if due.isEmpty {
                after.carryOver(kept.intersection(table), of: before)
            } else {
                after.append(read(due, at: now), due)
            }
        }
        // Between two refreshes, what the last one read is of this reading.
        let old = isRefresh ? kept : before.fromBefore
        after.fromBefore = old.intersection(after.tables).subtracting(tables)
        reading.sockets = after
        return tables
    }

    private mutating func read(_ tables: SocketTables, at now: Nanoseconds) -> SocketReading {
        let began = CPUTime.ofThread
        let part = source.sockets(tables, at: now)
        let cost = CPUTime.ofThread.since(began)
        if tables == .udp {
            (udp.readAt, udp.cost) = (now, cost)
        } else if !tables.isDisjoint(with: .tcp) {
            (tcp.readAt, tcp.cost) = (now, cost)
            if tables.isSuperset(of: .tcp) {
                (connections.table.readAt, connections.table.cost) = (now, cost)
            }
        }
        return part
    }

    /// Notes whether the counters tell of losses whose sockets are to be found.
    mutating func noteLosses(at now: Nanoseconds) {
        let (counters, limits) = (reading.counters, reading.limits)
        let udpTotal = counters.sum(
            .udpErrors, .udpBufferErrors, .udpMemoryErrors, .udp6Errors, .udp6BufferErrors,
            .udp6MemoryErrors)?.total
        if let before = udpLosses, let udpTotal, udpTotal > before { udp.lossAt = now }
        udpLosses = udpTotal
        let tcpTotal = counters[.listenOverflows]?.total
        if let before = tcpLosses, let tcpTotal, tcpTotal > before { tcp.lossAt = now }
        tcpLosses = tcpTotal
        connections.count = (counters[.tcpEstablished]?.total ?? 0) &+ (limits.tcpTimeWait ?? 0)
        connections.ports = limits.ephemeralPorts.map { UInt64($0.count) }
        if isTroubled { connections.table.lossAt = now }
    }

    /// The counters tell that connections retransmit more than any path makes them now and then, that
    /// a reader or its peer has stopped, or that a listener's SYN queue is full.
    private var isTroubled: Bool {
        let counters = reading.counters
        func rate(_ counter: NetworkCounter) -> Float { counters[counter]?.rate?.rawValue ?? 0 }
        let again = rate(.tcpRetransmitted)
        return (again >= 2 && again >= 0.005 * rate(.tcpSegmentsSent))
            || rate(.tcpWindowsClosed) > 0 || rate(.tcpWindowProbes) > 0
            || rate(.tcpRequestQueueCookies) > 0 || rate(.tcpRequestQueueDrops) > 0
            || rate(.listenDrops) > rate(.listenOverflows)
    }

    mutating func readRoutes(_ wish: NetworkWish, at now: Nanoseconds) {
        guard wish.wantsRoutes || wish.routeTo != nil else {
            reading.routes = nil
            return
        }
        if wish.wantsRoutes,
            reading.routes == nil || SamplingPlan.isRoutingDue(routing, now: now)
        {
            let began = CPUTime.ofThread
            reading.routes = source.routes()
            routing.readAt = now
            routing.cost = CPUTime.ofThread.since(began)
        }
        var routes = reading.routes ?? RoutingReading()
        routes.chosen = wish.routeTo.flatMap { source.route(to: $0) }
        reading.routes = routes
    }
}

extension SocketReading {
    fileprivate mutating func append(_ part: SocketReading, _ tables: SocketTables) {
        // The first is taken as it is: there may be tens of thousands.
        if sockets.isEmpty { sockets = part.sockets } else { sockets += part.sockets }
        self.tables.formUnion(tables)
        fromFiles.formUnion(part.fromFiles)
        // What all is judged by: kernels lack the modules for the others more often than not.
        if !tables.isDisjoint(with: [.tcp, .udp, .unix]), case .files = part.source {
            source = part.source
        }
        isTorn = isTorn || part.isTorn
    }

    fileprivate mutating func carryOver(_ tables: SocketTables, of before: SocketReading) {
        guard !tables.isEmpty else { return }
        self.tables.formUnion(tables)
        fromFiles.formUnion(before.fromFiles.intersection(tables))
        sockets += before.sockets.lazy.filter { $0.isOf(tables) }
    }
}

extension SocketTables {
    /// What is kept of them when only `wish` is wished for: that, and what the plan reads by itself.
    fileprivate func kept(for wish: SocketTables) -> SocketTables {
        intersection(wish.union([.udp, .closeWait, .listening]))
    }
}

extension SocketSample {
    fileprivate func isOf(_ tables: SocketTables) -> Bool {
        if tables.contains(transport.table) { return true }
        // Of TCP, some states alone may be there.
        return transport == .tcp
            && ((tables.contains(.closeWait) && state == .closeWait)
                || (tables.contains(.listening) && state == .listen))
    }
}

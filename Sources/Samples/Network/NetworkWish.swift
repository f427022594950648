public import Units

/// What is shown of the network; part of `Interest`.
public struct NetworkWish: Hashable, Sendable {
    /// Nil for our own.
    public var namespace: NamespaceID?
    /// What is read at each refresh. Without it, losses are still followed: counters always, sockets
    /// now and then.
    public var tables: SocketTables
    /// The queues that a person asks to be sampled closely, and how often one asked: another number
    /// asks again.
    public var burst: Burst?
    /// Bursts of sockets that drop, and of those named here, begin by themselves.
    public var follows: [SocketID]
    public var wantsRoutes: Bool
    /// To whom the way is asked for.
    public var routeTo: IPAddress?
    public var wantsNamespaces: Bool

    public struct Burst: Hashable, Sendable {
        public var sockets: [SocketID]
        public var number: Int

        public init(sockets: [SocketID], number: Int) {
            self.sockets = sockets
            self.number = number
        }
    }

    public init(
        namespace: NamespaceID? = nil, tables: SocketTables = [], burst: Burst? = nil,
        follows: [SocketID] = [], wantsRoutes: Bool = false, routeTo: IPAddress? = nil,
        wantsNamespaces: Bool = false
    ) {
        self.namespace = namespace
        self.tables = tables
        self.burst = burst
        self.follows = follows
        self.wantsRoutes = wantsRoutes
        self.routeTo = routeTo
        self.wantsNamespaces = wantsNamespaces
    }
}

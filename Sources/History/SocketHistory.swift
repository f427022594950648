public import Samples
public import Units

/// What the figures of some sockets were at the latest readings: those that are shown, and those
/// that may be next. Bounded: at most 256 sockets with 120 readings each, less than a megabyte.
public struct SocketHistory: Sendable {
    /// What there is a curve of.
    public enum Figure: Int, CaseIterable, Sendable {
        /// Bytes, as in `SocketSample`.
        case receiveQueue, sendQueue
        /// From one reading to the next.
        case drops, retransmits
        /// In microseconds.
        case roundTrip
    }

    public static let mostSockets = 256
    public static let mostReadings = 120

    private var series: [SocketID: SocketSeries] = [:]
    /// When the readings were, the latest last.
    private var moments: [Nanoseconds] = []
    private var number: Int?

    public init() {}

    /// Adds a reading; the same one again changes nothing. Sockets that closed are kept while they
    /// are shown.
    public mutating func record(_ reading: NetworkReading, shown: Set<SocketID>) {
        guard number != reading.number else { return }
        number = reading.number
        moments.append(reading.moment)
        if moments.count > Self.mostReadings { moments.removeFirst() }

        let chosen = choose(reading.sockets.sockets, shown)
        var before = series
        series = [:]
        for index in chosen {
            let sample = reading.sockets.sockets[index]
            var own = before.removeValue(forKey: sample.id) ?? SocketSeries(sample.transport)
            own.append(sample)
            series[sample.id] = own
        }
        for (id, own) in before where series.count < Self.mostSockets {
            guard shown.contains(id) || !reading.lists(own.transport, in: id.namespace) else {
                continue
            }
            var own = own
            own.appendGap()
            if !own.isEmpty { series[id] = own }
        }
    }

    /// Where the sockets stand that are worth their place: shown ones first, then those that lost
    /// something, then those with something in a queue; among equals those that have a curve.
    private func choose(_ sockets: [SocketSample], _ shown: Set<SocketID>) -> ArraySlice<Int> {
        var ranks: [[Int]] = Array(repeating: [], count: 6)
        for index in sockets.indices {
            let isKept = series[sockets[index].id] != nil
            let rank: Int? =
                if shown.contains(sockets[index].id) {
                    0
                } else if let drops = sockets[index].drops, drops.sinceStart > 0 {
                    isKept ? 1 : 2
                } else if sockets[index].hasQueue {
                    isKept ? 3 : 4
                } else {
                    isKept ? 5 : nil
                }
            if let rank { ranks[rank].append(index) }
        }
        return ranks.flatMap { $0 }.prefix(Self.mostSockets)
    }

    /// One figure at the readings since the socket was first kept, the oldest first; nil where it
    /// was not read, or is not known. Empty for a socket that is not kept.
    ///
    /// - Parameter moment: readings after it are left out; nil for all.
    public func curve(
        of socket: SocketID, _ figure: Figure, until moment: Nanoseconds? = nil
    ) -> [Double?] {
        series[socket]?.curve(figure).dropLast(readings(after: moment)) ?? []
    }

    /// The time from the first of these readings to the last.
    public func span(of socket: SocketID, until moment: Nanoseconds? = nil) -> Duration {
        let end = moments.count - readings(after: moment)
        guard let count = series[socket]?.count, case let first = moments.count - count, first < end
        else { return .zero }
        return Duration(moments[end - 1].since(moments[first]))
    }

    private func readings(after moment: Nanoseconds?) -> Int {
        guard let moment else { return 0 }
        return moments.reversed().prefix { $0 > moment }.count
    }
}

/// One socket's figures.
private struct SocketSeries {
    let transport: Transport
    /// Those of a reading side by side; NaN for what is not known.
    private var figures: [Float] = []
    private var drops: UInt64?
    private var retransmits: UInt64?

    private static let width = SocketHistory.Figure.allCases.count

    init(_ transport: Transport) { self.transport = transport }

    var count: Int { figures.count / Self.width }

    /// Nothing but gaps.
    var isEmpty: Bool { figures.allSatisfy(\.isNaN) }

    mutating func append(_ sample: SocketSample) {
        let newDrops = sample.drops?.total
        let newRetransmits = sample.tcp?.retransmits?.total
        append(
            SocketHistory.Figure.allCases.map { figure in
                switch figure {
                case .receiveQueue: Float(sample.receiveQueue)
                case .sendQueue: Float(sample.sendQueue)
                case .drops: Float(newDrops, since: drops)
                case .retransmits: Float(newRetransmits, since: retransmits)
                case .roundTrip: Float(sample.tcp?.roundTripMicroseconds.map { UInt64($0) })
                }
            })
        drops = newDrops
        retransmits = newRetransmits
    }

    mutating func appendGap() { append(Array(repeating: .nan, count: Self.width)) }

    private mutating func append(_ reading: [Float]) {
        if count == SocketHistory.mostReadings { figures.removeFirst(Self.width) }
        figures += reading
    }

    func curve(_ figure: SocketHistory.Figure) -> [Double?] {
        stride(from: figure.rawValue, to: figures.count, by: Self.width).map {
            figures[$0].isNaN ? nil : Double(figures[$0])
        }
    }
}

extension Float {
    fileprivate init(_ value: UInt64?) {
        self = value.map { Float($0) } ?? .nan
    }

    fileprivate init(_ total: UInt64?, since earlier: UInt64?) {
        guard let total, let earlier, total >= earlier else {
            self = .nan
            return
        }
        self.init(total - earlier)
    }
}

extension NetworkReading {
    /// Whether a socket of that kind that is not in the reading is gone.
    fileprivate func lists(_ transport: Transport, in namespace: NamespaceID) -> Bool {
        self.namespace.id == namespace && sockets.tables.isSuperset(of: transport.table)
            && !sockets.isTorn
    }
}

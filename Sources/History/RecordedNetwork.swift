internal import Samples
internal import Units

/// What hardly ever changes of a socket.
struct SocketDetails: Hashable, Sendable {
    var transport: Transport
    var local: SocketAddress
    var peer: SocketAddress
    var interface: UInt32
    var inode: UInt32
    var user: UserID?
    var owner: SocketOwner?
    var otherOwners: Int
    var receiveBuffer: ByteCount?
    var sendBuffer: ByteCount?

    init(_ socket: SocketSample) {
        transport = socket.transport
        local = socket.local
        peer = socket.peer
        interface = socket.interface
        inode = socket.inode
        user = socket.user
        owner = socket.owner
        otherOwners = socket.otherOwners
        receiveBuffer = socket.receiveBuffer
        sendBuffer = socket.sendBuffer
    }
}

/// When something came or went last, or that it is not known: how long ago that is grows while
/// nothing does.
struct RecordedTime: Hashable, Sendable {
    /// Since boot.
    private let milliseconds: Int64
    private static let none = Int64.min
    /// What is told of one moment at two readings differs by as much.
    private static let jitter: Int64 = 50

    /// - Parameters:
    ///   - age: at the reading, in milliseconds.
    ///   - before: as the reading before had it.
    init(_ age: UInt32?, before moment: Nanoseconds, known before: RecordedTime?) {
        guard let age else {
            milliseconds = Self.none
            return
        }
        let time = Self.inMilliseconds(moment) - Int64(age)
        if let before, before.milliseconds != Self.none,
            abs(before.milliseconds - time) <= Self.jitter
        {
            milliseconds = before.milliseconds
        } else {
            milliseconds = time
        }
    }

    func age(at moment: Nanoseconds) -> UInt32? {
        milliseconds == Self.none
            ? nil : UInt32(clamping: Self.inMilliseconds(moment) - milliseconds)
    }

    private static func inMilliseconds(_ moment: Nanoseconds) -> Int64 {
        Int64(moment.rawValue / 1_000_000)
    }
}

/// One socket at one recorded reading.
struct RecordedSocketRow: RecordedRow {
    typealias Subject = SocketID
    typealias Detail = SocketDetails

    var details: UInt32
    var state: SocketState
    var isFromBefore: Bool
    var receiveQueue: UInt64?
    var sendQueue: UInt64?
    var drops: Counted?
    /// Without the times since something came or went.
    var tcp: TCPFigures?
    private var sentAt: RecordedTime
    private var receivedAt: RecordedTime
    private var acknowledgedAt: RecordedTime
    var since: Nanoseconds

    /// - Parameters:
    ///   - details: their place.
    ///   - moment: when the reading was.
    init(
        _ socket: SocketSample, details: UInt32, at moment: Nanoseconds,
        after before: RecordedSocketRow?
    ) {
        self.details = details
        state = socket.state
        isFromBefore = socket.isFromBefore
        receiveQueue = socket.receiveQueue
        sendQueue = socket.sendQueue
        drops = socket.drops
        since = socket.since
        tcp = socket.tcp
        tcp?.lastSentMilliseconds = nil
        tcp?.lastReceivedMilliseconds = nil
        tcp?.lastAcknowledgedMilliseconds = nil
        sentAt = RecordedTime(
            socket.tcp?.lastSentMilliseconds, before: moment, known: before?.sentAt)
        receivedAt = RecordedTime(
            socket.tcp?.lastReceivedMilliseconds, before: moment, known: before?.receivedAt)
        acknowledgedAt = RecordedTime(
            socket.tcp?.lastAcknowledgedMilliseconds, before: moment,
            known: before?.acknowledgedAt)
    }

    func forEachDetail(_ body: (UInt32) -> Void) { body(details) }

    func sample(of id: SocketID, _ details: SocketDetails, at moment: Nanoseconds) -> SocketSample {
        var tcp = tcp
        tcp?.lastSentMilliseconds = sentAt.age(at: moment)
        tcp?.lastReceivedMilliseconds = receivedAt.age(at: moment)
        tcp?.lastAcknowledgedMilliseconds = acknowledgedAt.age(at: moment)
        return SocketSample(
            id: id, transport: details.transport, local: details.local, peer: details.peer,
            state: state, interface: details.interface, inode: details.inode, user: details.user,
            owner: details.owner, otherOwners: details.otherOwners, receiveQueue: receiveQueue,
            sendQueue: sendQueue, receiveBuffer: details.receiveBuffer,
            sendBuffer: details.sendBuffer, drops: drops, tcp: tcp, since: since,
            isFromBefore: isFromBefore)
    }
}

/// What is kept of the readings of networks.
///
/// Routes and the list of namespaces are not. Of a queue that was watched closely, what came of it:
/// each look at it only once it is complete.
struct RecordedNetwork: Sendable {
    private(set) var sockets = RowLog<RecordedSocketRow>(
        RowLimits(rows: mostSockets, changes: 24, changesAtOnce: 8192))
    private static let mostSockets = 4096
    private var counters = RowLog<ValueRow<Int, Counted>>(
        RowLimits(rows: 256, changes: 48, changesAtOnce: 512))
    private var interfaces = RowLog<ValueRow<UInt32, InterfaceSample>>(
        RowLimits(rows: 512, changes: 8, changesAtOnce: 1024))
    private var softnet = RowLog<ValueRow<Int, SoftnetSample>>(
        RowLimits(rows: 1024, changes: 8, changesAtOnce: 2048))
    private var bursts = RowLog<RecordedBurstRow>(
        RowLimits(rows: 64, changes: 4, changesAtOnce: 128))

    /// A reading without its rows. Shared by the moments that have the same.
    final class Header: Sendable {
        let reading: NetworkReading

        init(_ reading: NetworkReading) {
            var reading = reading
            reading.sockets.sockets = []
            reading.counters = NetworkCounters()
            reading.interfaces = []
            reading.softnet = []
            reading.bursts = [:]
            reading.routes = nil
            reading.namespaces = nil
            self.reading = reading
        }

        func isOf(_ other: NetworkReading) -> Bool {
            reading.number == other.number && reading.revision == other.revision
        }
    }

    /// Of the latest moment.
    private var header: Header?

    /// Adds a moment.
    ///
    /// - Parameter again: it is the latest one, with more in it.
    /// - Returns: what it keeps; nil without a reading.
    mutating func record(
        _ reading: NetworkReading?, shown: Set<SocketID>, again: Bool
    ) -> Header? {
        // Bursts go on while the reading stays.
        record(reading?.bursts ?? [:], again: again)
        guard let reading, header?.isOf(reading) != true else {
            skip(again: again)
            if reading == nil { header = nil }
            return header
        }
        record(reading.sockets.sockets, at: reading.moment, shown: shown, again: again)
        counters.record(
            NetworkCounter.allCases.lazy.compactMap { counter in
                reading.counters[counter].map { (counter.index, $0) }
            }, again: again)
        interfaces.record(reading.interfaces.lazy.map { ($0.id, $0) }, again: again)
        softnet.record(
            reading.softnet.lazy.map { ($0.id, $0) }, again: again,
            rank: { Float($0.dropped.sinceStart) + 1 })
        let header = Header(reading)
        self.header = header
        return header
    }

    private mutating func skip(again: Bool) {
        sockets.skip(again: again)
        counters.skip(again: again)
        interfaces.skip(again: again)
        softnet.skip(again: again)
    }

    private mutating func record(
        _ samples: [SocketSample], at moment: Nanoseconds, shown: Set<SocketID>, again: Bool
    ) {
        sockets.begin(again: again)
        var choice = SocketChoice(samples, shown: shown, room: Self.mostSockets)
        for socket in samples {
            guard let rank = choice.rank(of: socket) else { continue }
            let place = sockets.place(of: socket.id)
            let before = place.flatMap { sockets.row(at: $0) }
            let details = SocketDetails(socket)
            let known = before.flatMap { sockets.details[$0.details] == details ? $0.details : nil }
            let row = RecordedSocketRow(
                socket, details: known ?? .max, at: moment, after: before)
            if let place, row == before {
                sockets.keep(place)
                continue
            }
            var new = row
            new.details = sockets.details.use(details)
            sockets.offer(
                new, of: socket.id, at: place,
                rank: Float(rank.rawValue))
        }
        sockets.finish()
    }

    private mutating func record(_ taken: [SocketID: QueueBurst], again: Bool) {
        bursts.begin(again: again)
        for (id, burst) in taken {
            let place = bursts.place(of: id)
            let row = RecordedBurstRow(burst)
            if let place, bursts.row(at: place) == row {
                bursts.keep(place)
            } else {
                bursts.offer(row, of: id, at: place, rank: 1)
            }
        }
        bursts.finish()
    }

    mutating func dropOldest() {
        sockets.dropOldest()
        counters.dropOldest()
        interfaces.dropOldest()
        softnet.dropOldest()
        bursts.dropOldest()
    }

    /// A reading as it was recorded.
    func reading(_ header: Header, at index: Int) -> NetworkReading {
        var reading = header.reading
        let moment = reading.moment
        reading.sockets.sockets = sockets.rows(at: index).map { id, row in
            row.sample(of: id, sockets.details[row.details], at: moment)
        }.sorted { ($0.transport.rawValue, $0.id.cookie) < ($1.transport.rawValue, $1.id.cookie) }
        for (place, row) in counters.rows(at: index) {
            reading.counters[NetworkCounter.allCases[place]] = row.value
        }
        reading.interfaces = interfaces.rows(at: index).map(\.row.value)
            .sorted { $0.id < $1.id }
        reading.softnet = softnet.rows(at: index).map(\.row.value).sorted { $0.id < $1.id }
        reading.bursts = Dictionary(
            uniqueKeysWithValues: bursts.rows(at: index).map { ($0.subject, $0.row.burst) })
        return reading
    }

    var byteCount: Int {
        sockets.byteCount + counters.byteCount + interfaces.byteCount + softnet.byteCount
            + bursts.byteCount
    }
}

/// What is kept of a queue that was watched closely.
struct RecordedBurstRow: RecordedRow {
    typealias Subject = SocketID
    typealias Detail = Int

    let burst: QueueBurst

    init(_ burst: QueueBurst) {
        var burst = burst
        if !burst.isComplete {
            // Each refresh has more of it.
            burst.queue = []
            burst.charged = []
        }
        self.burst = burst
    }

    /// Of one burst more is known only as it goes on.
    static func == (a: Self, b: Self) -> Bool {
        a.burst.number == b.burst.number && a.burst.duration == b.burst.duration
            && a.burst.isComplete == b.burst.isComplete
    }

    var heapBytes: Int {
        (burst.queue.count + burst.charged.count) * MemoryLayout<UInt32>.stride
            + burst.reader.threads.count * MemoryLayout<SocketReader.Thread>.stride
            + burst.reader.epolls.count * MemoryLayout<SocketReader.Epoll>.stride
    }
}

import Diagnosis
import Fields
import Samples
import Units

/// The rows of view 4 in order. A box may have tens of thousands of sockets: they are put in order
/// once for each reading, and not again for every key; a filter that is typed picks from those in
/// order.
struct SocketRows: Sendable {
    /// What the order depends on.
    struct Order: Hashable, Sendable {
        var reading: ReadingVersion
        var group: SocketGroup.ID?
        var sort: FieldID
        var isReversed: Bool
        /// Only those that receive datagrams.
        var isOfUDP = false
    }

    /// Which reading, and how much of it: places in one say nothing of another.
    struct ReadingVersion: Hashable, Sendable {
        let namespace: NamespaceID
        let number: Int
        let revision: Int
        let count: Int
        /// The recording has its rows in an order of its own, and not all of them.
        let isRecorded: Bool

        init(_ reading: NetworkReading, of snapshot: Snapshot?) {
            namespace = reading.namespace.id
            number = reading.number
            revision = reading.revision
            count = reading.sockets.sockets.count
            isRecorded = snapshot?.recordedTotals != nil
        }
    }

    /// What a filter lets through depends on it, and on what stands in the rows.
    struct Choice: Hashable, Sendable {
        var filter: String
        var showsNames: Int
    }

    private var order: Order?
    private var choice: Choice?
    /// They are where they stood before the reading, as long as somebody holds the order.
    private var isHeld = false
    /// Places in the reading, in order.
    private var indices: [Int] = []
    private(set) var rows: [Row] = []

    /// - Parameter held: the rows whose places are kept; nil to put all in order anew.
    mutating func update(
        _ order: Order, _ choice: Choice, figures: SocketFigures, holding held: [Row]?
    ) {
        let isOrdered = self.order == order && !(isHeld && held == nil)
        guard !isOrdered || self.choice != choice else { return }
        if !isOrdered {
            indices = Self.indices(in: order, figures: figures, holding: held)
            (self.order, isHeld) = (order, held != nil)
        }
        self.choice = choice
        let context = figures.context
        var search = SocketSearch(choice.filter, figures: figures)
        rows.removeAll(keepingCapacity: true)
        rows.reserveCapacity(indices.count)
        for index in indices where search.isEmpty || search.matches(SocketRow(context, index)) {
            rows.append(Row(id: .socket(context.reading.sockets.sockets[index].id), index: index))
        }
    }

    private static func indices(
        in order: Order, figures: SocketFigures, holding held: [Row]?
    ) -> [Int] {
        let sockets = figures.reading.sockets.sockets
        let indices = sockets.indices.filter { index in
            (!order.isOfUDP || sockets[index].transport == .udp)
                && order.group?.contains(sockets[index]) ?? true
        }
        guard let held else {
            return sorted(indices, in: order, figures.context)
        }
        var places: [SocketID: Int] = [:]
        places.reserveCapacity(held.count)
        for (place, row) in held.enumerated() {
            if case .socket(let id) = row.id { places[id] = place }
        }
        return indices.map { (place: places[sockets[$0].id] ?? .max, index: $0) }
            .sorted { $0 < $1 }.map(\.index)
    }
    /// Those alike stay in the order of the kernel's tables.
    private static func sorted(
        _ indices: [Int], in order: Order, _ context: SocketContext
    ) -> [Int] {
        guard let field = SocketFields.table[order.sort] ?? SocketReaderFields.table[order.sort]
        else { return indices }
        return RowOrder.sorted(
            indices.count, descending: field.leastFirst == order.isReversed,
            key: { field.key(of: SocketRow(context, indices[$0])) }
        ).map { indices[$0] }
    }
}

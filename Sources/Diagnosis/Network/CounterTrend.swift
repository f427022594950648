internal import Samples
internal import Units

/// What counters of a namespace did of late. Only the moments at which one moved are kept: losses
/// are rare.
struct CounterTrend: Sendable {
    enum Key: Hashable {
        case counter(NetworkCounter)
        case softnet(cpu: Int)
        case interface(UInt32, Part)
    }

    enum Part: Hashable { case received, sent, dropped, sendDropped, overrun, damaged }

    private var points: [Key: [Point]] = [:]
    private var moment = Nanoseconds(0)
    private var start: Nanoseconds?

    private struct Point: Sendable {
        var moment: Nanoseconds
        var total: UInt64
    }

    /// The longest time anybody asks for.
    static let span: Duration = .seconds(60)

    mutating func add(_ reading: NetworkReading) {
        moment = reading.moment
        start = start ?? moment
        for counter in NetworkCounter.allCases {
            if let count = reading.counters[counter] { note(count.total, of: .counter(counter)) }
        }
        for cpu in reading.softnet { note(cpu.dropped.total, of: .softnet(cpu: cpu.id)) }
        for interface in reading.interfaces {
            let id = interface.id
            note(interface.receivedPackets.total, of: .interface(id, .received))
            note(interface.sentPackets.total, of: .interface(id, .sent))
            note(interface.dropped.total, of: .interface(id, .dropped))
            note(interface.sendDropped.total, of: .interface(id, .sendDropped))
            note(
                interface.missed.total &+ interface.overrun.total, of: .interface(id, .overrun))
            note(interface.damaged.total, of: .interface(id, .damaged))
        }
        forgetInterfaces(besides: reading.interfaces)
    }

    /// Those of containers come and go, each with an index that was never used before.
    private mutating func forgetInterfaces(besides interfaces: [InterfaceSample]) {
        // Every namespace has its loopback: without any they were not read.
        guard !interfaces.isEmpty else { return }
        let known = Set(interfaces.map(\.id))
        points = points.filter { key, _ in
            if case .interface(let id, _) = key { known.contains(id) } else { true }
        }
    }

    private mutating func note(_ total: UInt64, of key: Key) {
        guard let known = points[key], let last = known.last, total >= last.total else {
            // The first one; or it began anew, as with an interface that was replaced.
            points[key] = [Point(moment: moment, total: total)]
            return
        }
        guard total > last.total else { return }
        points[key]?.append(Point(moment: moment, total: total))
        // One from before the span stays: from it the rise is counted.
        let start = moment.since(Self.span.inNanoseconds)
        let old = known.prefix { $0.moment <= start }.count
        if old > 1 { points[key]?.removeFirst(old - 1) }
    }

    /// The part of a minute that rises are known of.
    var known: Duration {
        min(Self.span, start.map { Duration(moment.since($0)) } ?? .zero)
    }

    /// By how much a counter rose; over the time known, where that is shorter. Nil where it is not
    /// counted.
    func rise(of key: Key, last span: Duration = span) -> UInt64? {
        guard let points = points[key], let last = points.last else { return nil }
        let start = moment.since(span.inNanoseconds)
        let first = points.last { $0.moment <= start } ?? points[0]
        return last.total - first.total
    }

    /// Of all counters together, as far as they are counted.
    func rise(of counters: NetworkCounter..., last span: Duration = span) -> UInt64? {
        let rises = counters.compactMap { rise(of: .counter($0), last: span) }
        return rises.isEmpty ? nil : rises.reduce(0, +)
    }
}

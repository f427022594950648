internal import DequeModule
package import Samples
internal import Units

extension History {
    /// The machine at one recorded refresh.
    package struct HostMoment: Sendable {
        /// The time its rates are over; nil where it has none.
        package var interval: Duration?
        package var host: HostSample

        package init(interval: Duration?, host: HostSample) {
            self.interval = interval
            self.host = host
        }
    }

    /// The machine at each recorded refresh of the last `span`, oldest first, without its single
    /// CPUs: those refreshes whose rates are at least in part over that time.
    package func hosts(last span: Duration) -> [HostMoment] {
        guard let last = moments.last else { return [] }
        let first = moments.lastIndex { last.age.since($0.age) >= span.inNanoseconds }
        let start = first.map { moments.index(after: $0) } ?? moments.startIndex
        return moments[start...].map { moment in
            HostMoment(interval: moment.interval.map(Duration.init), host: moment.host)
        }
    }
}

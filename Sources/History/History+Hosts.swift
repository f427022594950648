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
        let start = lastIndex(aged: span.inNanoseconds).map { $0 + 1 } ?? 0
        return (start..<moments.count).map { index in
            HostMoment(
                interval: moments[index].interval.map(Duration.init), host: moments[index].host)
        }
    }
}

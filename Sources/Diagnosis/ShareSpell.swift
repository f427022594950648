internal import Units

/// A time in which something took a large share of a CPU at each refresh.
struct ShareSpell: Sendable {
    private var sum = 0.0
    private var seconds = 0.0

    /// Adds a refresh.
    ///
    /// - Parameter share: in percent.
    mutating func add(_ share: Percent, over interval: Duration) {
        let length = interval / .seconds(1)
        sum += Double(share.rawValue) * length
        seconds += length
    }

    /// In percent.
    var mean: Percent { Percent(seconds > 0 ? sum / seconds : 0) }
    var duration: Duration { .seconds(seconds) }
}

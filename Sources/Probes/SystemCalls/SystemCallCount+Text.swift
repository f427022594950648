package import Units

extension SystemCallCount {
    /// Heads over `rows`; all but the first column are figures.
    package var heads: [String] {
        method == .polled ? ["CALL", "MET %"] : ["CALL", "COUNT", "/s", "ERR", "MEAN", "TOTAL"]
    }

    /// A row for each call, the most frequent first.
    package var rows: [[String]] {
        calls.map { call in
            if method == .polled { return [call.name, call.pollShare.text] }
            return [
                call.name, call.count?.groupedText ?? "-", rate(of: call.count).text,
                call.errors?.groupedText ?? "-", call.meanTime?.fineText ?? "-",
                call.time?.fineText ?? "-",
            ]
        }
    }

    /// How many a second; nil where they were only polled.
    package func rate(of count: Int?) -> Rate? {
        guard let count, elapsed > .zero else { return nil }
        return Rate(Double(count) / (elapsed / .seconds(1)))
    }
}

extension SystemCallCount.Call {
    /// From entry to return; nil where no call did both.
    package var meanTime: Duration? {
        guard let time, let returned, returned > 0 else { return nil }
        return time / returned
    }
}

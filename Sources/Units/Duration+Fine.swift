extension Duration {
    /// How long something short took, in two or three digits: "850ns", "1.2us", "35us", "12ms",
    /// "1.3s"; from 1000 seconds on like any duration: "16m40s". Five columns at most below that.
    public var fineText: String {
        guard self > .zero else { return "0s" }
        let nanoseconds = Double(inNanoseconds.rawValue)
        for (unit, scale) in [("ns", 1.0), ("us", 1e3), ("ms", 1e6), ("s", 1e9)] {
            let value = nanoseconds / scale
            guard let tenths = (value * 10).roundedMagnitude, let whole = value.roundedMagnitude
            else { break }
            if tenths < 100, unit != "ns" { return oneDecimal(tenths: tenths) + unit }
            if whole < 1000 { return "\(whole)\(unit)" }
        }
        return text
    }
}

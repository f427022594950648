extension Percent: HumanReadable {
    /// With one decimal below 100 and none from there on: "0.0", "99.8", "100", "131". Four columns
    /// up to 9999. What is not a number is "-".
    public var text: String {
        let value = Double(rawValue)
        guard let tenths = (value * 10).roundedMagnitude, let whole = value.roundedMagnitude
        else { return "-" }
        let sign = value < 0 && tenths > 0 ? "-" : ""
        return sign + (tenths < 1000 ? oneDecimal(tenths: tenths) : "\(whole)")
    }

    /// Without decimals, for where each character costs: "0", "33", "131".
    public var wholeText: String {
        guard let whole = Double(rawValue).roundedMagnitude else { return "-" }
        return rawValue < 0 && whole > 0 ? "-\(whole)" : "\(whole)"
    }
}

extension Rate: HumanReadable {
    /// "0", "0.5", "6", "412", "8.1k", "81k", "1.2M": four columns up to 999T. A tenth is shown
    /// below 10 unless it is zero. Only a true zero is "0": less than 0.05 is "0.0". What is not a
    /// number is "-".
    public var text: String {
        let value = Double(rawValue)
        guard value.isFinite else { return "-" }
        guard value != 0 else { return "0" }
        let sign = value < 0 ? "-" : ""

        var scale = 1.0
        for unit in ["", "k", "M", "G", "T"] {
            guard let tenths = (value * 10 / scale).roundedMagnitude,
                let whole = (value / scale).roundedMagnitude
            else { break }
            if tenths < 100 {
                let isWhole = unit.isEmpty && tenths > 0 && tenths % 10 == 0
                return sign + (isWhole ? "\(tenths / 10)" : oneDecimal(tenths: tenths)) + unit
            }
            if whole < 1000 { return sign + "\(whole)" + unit }
            scale *= 1000
        }
        return sign + ">999T"
    }
}

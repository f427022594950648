extension Duration: HumanReadable {
    /// The two largest units, cut to whole ones: "0s", "41s", "12m04s", "3h04m", "2d03h", "123d".
    /// At most six columns up to 99999 days.
    public var text: String {
        let seconds = components.seconds.magnitude
        let sign = self < .zero && seconds > 0 ? "-" : ""
        let minutes = seconds / 60
        let hours = minutes / 60
        let days = hours / 24
        if days >= 100 { return sign + "\(days)d" }
        if days > 0 { return sign + "\(days)d\(twoDigits(hours % 24))h" }
        if hours > 0 { return sign + "\(hours)h\(twoDigits(minutes % 60))m" }
        if minutes > 0 { return sign + "\(minutes)m\(twoDigits(seconds % 60))s" }
        return sign + "\(seconds)s"
    }
}

extension Nanoseconds: HumanReadable {
    /// CPU time like top's TIME+, in minutes, seconds and hundredths: "0:00.00", "3:04.15"; from
    /// 100 minutes on like a duration: "12h34m". At most eight columns.
    public var text: String {
        let hundredths = rawValue / 10_000_000
        let seconds = hundredths / 100
        let minutes = seconds / 60
        if minutes >= 100 { return Duration.seconds(Int64(seconds)).text }
        return "\(minutes):\(twoDigits(seconds % 60)).\(twoDigits(hundredths % 100))"
    }
}

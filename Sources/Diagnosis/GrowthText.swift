internal import Units

/// How findings word figures of growth.
enum GrowthText {
    /// "+2.1 MiB/s", "-312 KiB/s", "+0 B/s".
    static func rate(_ bytesPerSecond: Double) -> String {
        "\(signed(bytesPerSecond))/s"
    }

    /// "+240 MiB".
    static func signed(_ bytes: Double) -> String {
        (bytes < 0 ? "-" : "+") + amount(ByteCount(UInt64(min(bytes.magnitude, 1e18))))
    }

    /// "9.0 GiB": like `ByteCount.text`, with the unit in full.
    static func amount(_ bytes: ByteCount) -> String {
        let text = bytes.text
        guard let unit = text.last else { return text }
        return text.dropLast() + (unit == "B" ? " B" : " \(unit)iB")
    }

    /// A time that is only known roughly: "~40 s", "~73 min", "~31 h", "~12 days".
    static func about(_ time: Duration) -> String {
        let seconds = time.components.seconds
        func rounded(_ unit: Int64) -> Int64 { (seconds + unit / 2) / unit }
        if seconds < 120 { return "~\(seconds) s" }
        if seconds < 120 * 60 { return "~\(rounded(60)) min" }
        if seconds < 48 * 3600 { return "~\(rounded(3600)) h" }
        return "~\(rounded(86_400)) days"
    }
}

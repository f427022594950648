import Units

extension WallTime {
    /// "14:02:11", the given seconds east of Greenwich.
    func clock(secondsFromUTC: Int) -> String {
        let second = (Int(seconds % 86_400) + secondsFromUTC + 2 * 86_400) % 86_400
        return [second / 3600, second / 60 % 60, second % 60].map(twoDigits).joined(separator: ":")
    }

    /// "20261123-140211" in UTC: for names of files.
    var compact: String {
        String(rfc3339.prefix(19)).replacing("-", with: "").replacing(":", with: "")
            .replacing("T", with: "-")
    }
}

private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }

    /// A refresh interval: "1s", "0.5s".
    var intervalText: String {
        seconds == seconds.rounded()
            ? "\(components.seconds)s" : "\((seconds * 10).rounded() / 10)s"
    }
}

extension Double {
    /// "4.18"
    var hundredths: String {
        let hundredths = Int((min(max(self, 0), 1e9) * 100).rounded())
        return "\(hundredths / 100).\(twoDigits(hundredths % 100))"
    }
}

extension Rate? {
    /// Bytes a second, "1.2M/s".
    var bytesText: String {
        self.map { ByteCount(clamping: Double($0.rawValue)).text + "/s" } ?? "-"
    }
}

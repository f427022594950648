package import Samples
package import Units

/// A process whose memory grows without an end in sight.
package enum MemoryGrowth {
    /// Less than this shows too little of what comes.
    package static let leastSpan: Duration = .seconds(120)
    /// A limit that is met later than this is no business of today.
    package static let warningTimeLeft: Duration = .seconds(24 * 60 * 60)
    /// Hardly time to look for the cause.
    package static let criticalTimeLeft: Duration = .seconds(30 * 60)
    /// The share of the growth that a second counter must show to confirm it: others free and take
    /// memory meanwhile.
    package static let leastConfirmed = 0.5

    /// What a second, independent counter says about the same time.
    package struct Witness: Hashable, Sendable {
        /// "the host's available memory", "group /a".
        package var name: String
        /// Bytes it lost or gained in the direction of the growth.
        package var change: Double
        /// Bytes the process gained meanwhile.
        package var growth: Double

        package init(name: String, change: Double, growth: Double) {
            self.name = name
            self.change = change
            self.growth = growth
        }

        var confirms: Bool { growth > 0 && change >= leastConfirmed * growth }
    }

    /// - Returns: nil unless the growth is linear or has a rising floor, over two minutes or more.
    package static func finding(
        of process: ProcessSample, outlook: MemoryOutlook, witnesses: [Witness], at time: WallTime
    ) -> Finding? {
        let growth = outlook.growth
        guard let shape = growth.shape, growth.isUnbounded, growth.span >= leastSpan
        else { return nil }
        let confirmed = witnesses.filter(\.confirms)
        let rate = rate(growth.slope)
        var claim =
            "\(process.name) \(process.id.pid.rawValue) memory \(rate) for \(growth.span.text),"
            + " \(shape.text)"
        if let left = outlook.timeLeft { claim += "; full in \(left.longEstimate)" }
        return Finding(
            kind: .memoryGrowth, subject: .process(process.id), severity: severity(outlook),
            confidence: confidence(shape, isConfirmed: !confirmed.isEmpty), claim: claim,
            evidence: evidence(outlook, confirmed: confirmed),
            advice: "Enter: its curve, and Enter again: which mapping grows tells what it holds",
            since: WallTime(
                seconds: time.seconds - growth.span.components.seconds,
                nanoseconds: time.nanoseconds))
    }

    private static func severity(_ outlook: MemoryOutlook) -> Finding.Severity {
        guard let left = outlook.timeLeft else { return .info }
        if left < criticalTimeLeft { return .critical }
        return left < warningTimeLeft ? .warning : .info
    }

    /// A rising floor is told from fewer points, its troughs: it never counts for more than medium.
    private static func confidence(
        _ shape: GrowthShape, isConfirmed: Bool
    ) -> Finding.Confidence {
        if shape == .risingFloor { return isConfirmed ? .medium : .low }
        return isConfirmed ? .high : .medium
    }

    /// ", with the 7 others that grow in it +8.0 MiB/s".
    private static func others(_ outlook: MemoryOutlook) -> String {
        guard let others = outlook.companions else { return "" }
        let who = others.count == 1 ? "other that grows" : "\(others.count) others that grow"
        return ", with the \(who) in it \(rate(others.slope))"
    }

    /// "+2.1 MiB/s".
    private static func rate(_ bytesPerSecond: Double) -> String {
        "\(ByteChange(bytesPerSecond).longText)/s"
    }

    private static func evidence(_ outlook: MemoryOutlook, confirmed: [Witness]) -> [String] {
        let growth = outlook.growth
        let (low, high) = (growth.interval.lowerBound, growth.interval.upperBound)
        var lines: [String] = []
        if let limit = outlook.limit, let headroom = outlook.headroom {
            lines.append("\(headroom.longText) left below \(limit.text)" + others(outlook))
        }
        lines += [
            "anonymous memory and swap \(ByteChange(growth.change).longText) in \(growth.span.text),"
                + " now \(ByteCount(clamping: growth.level).longText)",
            "slope \(rate(growth.slope)), 95 % between \(rate(low)) and"
                + " \(rate(high)); rising in \(growth.rising) of \(growth.windows)"
                + " windows",
        ]
        lines += confirmed.map { witness in
            "\(witness.name) \(ByteChange(witness.change).longText) while it grew by"
                + " \(ByteChange(witness.growth).longText)"
        }
        return lines
    }
}

import Diagnosis
import Screen
import Units

/// A verdict on a curve in words: "LINEAR +2.1M/s (2.0M..2.2M)  rising 12/12  left 9.0G".
enum VerdictText {
    static func pieces(_ growth: Growth, outlook: MemoryOutlook?) -> [StyledText] {
        let change = ByteChange(growth.change).text
        let level = ByteCount(clamping: growth.level).text
        guard let shape = growth.shape else {
            let why = growth.isTooSmall ? ": too small to judge" : ", in no known pattern"
            return [
                StyledText("no verdict", .heading),
                StyledText("  \(change) in \(growth.span.text)\(why)"),
            ]
        }
        var pieces = [StyledText(shape.text.uppercased(), style(shape))]
        switch shape {
        case .linear, .risingFloor:
            pieces.append(StyledText(rate(growth)))
            pieces.append(StyledText(" rising \(growth.rising)/\(growth.windows)"))
            if let outlook { pieces += end(outlook) }
        case .plateau:
            pieces.append(
                StyledText("  levelled off at \(level), after \(change) in \(growth.span.text)"))
        case .step:
            pieces.append(StyledText("  \(change) at once, \(level) since"))
        case .sawtooth:
            pieces.append(
                StyledText("  rises and falls; a random walk would, too"))
        case .flat:
            pieces.append(StyledText("  \(change) in \(growth.span.text)"))
            if growth.isBelowShare { pieces.append(StyledText(": below 5 % of its size")) }
        }
        return pieces
    }

    private static func rate(_ growth: Growth) -> String {
        let (low, high) = (growth.interval.lowerBound, growth.interval.upperBound)
        return "  \(ByteChange(growth.slope).text)/s (\(unsigned(low))..\(unsigned(high)))"
    }

    private static func unsigned(_ bytes: Double) -> String {
        bytes < 0 ? ByteChange(bytes).text : ByteCount(clamping: bytes).text
    }

    private static func end(_ outlook: MemoryOutlook) -> [StyledText] {
        guard let limit = outlook.limit, let headroom = outlook.headroom else { return [] }
        var pieces = [StyledText(" headroom \(headroom.text)")]
        if let time = outlook.timeLeft {
            pieces.append(StyledText(" ~\(time.estimate)", .warning))
            pieces.append(StyledText(" to \(limit.shortText)"))
        }
        return pieces
    }

    private static func style(_ shape: GrowthShape) -> Style {
        switch shape {
        case .linear, .risingFloor: .warning
        case .plateau, .step, .sawtooth: .heading
        case .flat: .good
        }
    }
}

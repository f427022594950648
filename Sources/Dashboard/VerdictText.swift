import Diagnosis
import Screen
import Units

/// A verdict on a curve in words: "LINEAR +2.1M/s (2.0M..2.2M)  rising 12/12 windows  left 9.0G".
enum VerdictText {
    static func pieces(_ growth: Growth, outlook: MemoryOutlook?) -> [StyledText] {
        guard let shape = growth.shape else {
            return [
                StyledText("no verdict", .heading),
                StyledText(
                    "  \(growth.change.signedBytes) in \(growth.span.text), in no shape that says more"
                ),
            ]
        }
        var pieces = [StyledText(shape.text.uppercased(), style(shape))]
        switch shape {
        case .linear, .risingFloor:
            pieces.append(StyledText(rate(growth)))
            pieces.append(StyledText("  rising \(growth.rising)/\(growth.windows)"))
            if let outlook { pieces += end(outlook) }
        case .plateau:
            pieces.append(
                StyledText(
                    "  levelled off at \(growth.level.bytes), after \(growth.change.signedBytes)"))
        case .step:
            pieces.append(
                StyledText("  \(growth.change.signedBytes) at once, \(growth.level.bytes) since"))
        case .sawtooth:
            pieces.append(
                StyledText("  rises and falls; sure only of that: a random walk looks like it"))
        case .flat:
            pieces.append(StyledText("  \(growth.change.signedBytes) in \(growth.span.text)"))
        }
        return pieces
    }

    private static func rate(_ growth: Growth) -> String {
        let (low, high) = (growth.interval.lowerBound, growth.interval.upperBound)
        return "  \(growth.slope.signedBytes)/s (\(low.bytes)..\(high.bytes))"
    }

    private static func end(_ outlook: MemoryOutlook) -> [StyledText] {
        guard let limit = outlook.limit, let headroom = outlook.headroom else { return [] }
        var pieces = [StyledText("  left \(headroom.text)")]
        if let time = outlook.timeLeft {
            pieces.append(StyledText("  ~\(time.rounded)", .warning))
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

extension MemoryLimit {
    /// In a word or two: which group, stands in the line below.
    fileprivate var shortText: String {
        switch self {
        case .group: "memory.max"
        case .hostMemory: "host memory"
        case .hostMemoryAndSwap: "memory + swap"
        case .addressSpaceLimit: "RLIMIT_AS"
        case .addressSpace: "end of addresses"
        }
    }
}

extension Double {
    /// A number of bytes for people; below zero with a minus sign.
    var bytes: String {
        let text = ByteCount(UInt64(Swift.min(magnitude, 1e18).rounded())).text
        return self < 0 && text != "0B" ? "-" + text : text
    }

    /// The same, always with its sign: "+2.1M", "-812K", "0B".
    var signedBytes: String { self > 0 && bytes != "0B" ? "+" + bytes : bytes }
}

extension Int64 {
    /// A change in bytes for people: "+630M", "-12M", "0".
    var signedText: String { self == 0 ? "0" : Double(self).signedBytes }
}

extension Duration {
    /// A time that is only an estimate, in its largest unit: "73m", "9h", "3d". Two hours and less
    /// are told in minutes, two days and less in hours.
    var rounded: String {
        let seconds = Swift.min(Swift.max(0, self.seconds), 3.2e9)
        switch seconds {
        case ..<120: return "\(Int(seconds.rounded()))s"
        case ..<7200: return "\(Int((seconds / 60).rounded()))m"
        case ..<172_800: return "\(Int((seconds / 3600).rounded()))h"
        default: return "\(Int((seconds / 86_400).rounded()))d"
        }
    }
}

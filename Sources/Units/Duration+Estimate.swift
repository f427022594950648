/// A time that is only known roughly, in its largest unit. Below two minutes it is told in seconds,
/// below two hours in minutes, below two days in hours. Below zero there is none.
extension Duration {
    /// For a column: "40s", "73m", "31h", "12d".
    public var estimate: String {
        let (number, unit) = estimateParts
        return "\(number)\(unit.letter)"
    }

    /// For a sentence: "~40 s", "~73 min", "~31 h", "~12 days".
    public var longEstimate: String {
        let (number, unit) = estimateParts
        return "~\(number) \(unit.word)"
    }

    private enum EstimateUnit: Int64 {
        case second = 1
        case minute = 60
        case hour = 3600
        case day = 86_400

        var letter: String {
            switch self {
            case .second: "s"
            case .minute: "m"
            case .hour: "h"
            case .day: "d"
            }
        }

        var word: String {
            switch self {
            case .second: "s"
            case .minute: "min"
            case .hour: "h"
            case .day: "days"
            }
        }
    }

    private var estimateParts: (Int64, EstimateUnit) {
        let (whole, rest) = components
        let seconds = max(0, whole + (rest >= 500_000_000_000_000_000 ? 1 : 0))
        let unit: EstimateUnit =
            switch seconds {
            case ..<120: .second
            case ..<7200: .minute
            case ..<172_800: .hour
            default: .day
            }
        let size = unit.rawValue
        return (seconds / size + (2 * (seconds % size) >= size ? 1 : 0), unit)
    }
}

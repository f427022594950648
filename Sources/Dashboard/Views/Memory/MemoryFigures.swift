import Diagnosis
import ProcSampling
import Units

/// The columns of view 3 that no snapshot has: growth and what follows from it.
struct MemoryFigures {
    let changes: [ProcessIdentity: MemoryChanges]
    /// Nil where the screen stands at an earlier refresh, of which no verdicts were kept.
    let growth: GrowthBook?
    /// For the limits of groups.
    let snapshot: Snapshot

    func text(_ column: ColumnID, of process: ProcessSample) -> String {
        let changes = changes[process.id]
        switch column {
        case .fiveMinuteChange: return changes?.fiveMinutes.map { ByteChange($0) }.text ?? "-"
        case .hourChange: return changes?.hour.map { ByteChange($0) }.text ?? "-"
        case .dayChange: return changes?.day.map { ByteChange($0) }.text ?? "-"
        case .limit:
            // Nothing stands for "none"; what is not known says so.
            guard case .known(let groups) = snapshot.memoryLimits(of: process) else { return "-" }
            return groups.first?.limit?.text ?? ""
        default: break
        }
        guard let growth else { return "?" }
        guard let outlook = growth[process.id] else { return "-" }
        switch column {
        case .rate: return outlook.growth.rate?.text ?? ""
        case .shape: return outlook.growth.shape?.shortText ?? "-"
        case .timeLeft: return outlook.timeLeft?.estimate ?? ""
        default: return ""
        }
    }

    func key(_ column: ColumnID, of process: ProcessSample) -> SortKey? {
        let changes = changes[process.id]
        let outlook = growth?[process.id]
        return switch column {
        case .fiveMinuteChange: changes?.fiveMinutes.map { .number(Double($0)) }
        case .hourChange: changes?.hour.map { .number(Double($0)) }
        case .dayChange: changes?.day.map { .number(Double($0)) }
        case .limit: snapshot.lowestLimit(of: process).map { .number(Double($0.rawValue)) }
        case .rate: (outlook?.growth.rate).map { .number($0.rawValue) }
        // What will not end by itself comes first.
        case .shape: outlook?.growth.shape.map { .number(Double(-$0.order)) }
        // The least time left comes first.
        case .timeLeft: outlook?.timeLeft.map { .number(-$0.seconds) }
        default: nil
        }
    }
}

extension Growth {
    /// Bytes a second; nil where a slope over all of it says nothing: of what levels off, jumps, or
    /// rises and falls.
    fileprivate var rate: ByteChange? {
        switch shape {
        case .plateau, .step, .sawtooth: nil
        case .linear, .risingFloor, .flat, nil: ByteChange(slope)
        }
    }
}

extension GrowthShape {
    /// What will not end by itself comes first.
    fileprivate var order: Int {
        switch self {
        case .linear: 0
        case .risingFloor: 1
        case .sawtooth: 2
        case .step: 3
        case .plateau: 4
        case .flat: 5
        }
    }
}

extension State {
    /// The figures for the rows of view 3; nil in other views.
    var memoryFigures: MemoryFigures? {
        guard place.view is MemoryView, let shown else { return nil }
        return MemoryFigures(
            changes: memory.changes, growth: shownVerdicts?.growth, snapshot: shown)
    }
}

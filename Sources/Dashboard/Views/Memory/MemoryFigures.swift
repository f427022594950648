package import Diagnosis
package import Fields
import ProcSampling
import Units

extension ProcessGrowth {
    /// What rows show of how a process grows.
    package init(_ outlook: MemoryOutlook?) {
        guard let outlook else {
            self = .unknown
            return
        }
        let growth = outlook.growth
        self = .known(
            Figures(
                slope: growth.slope, isUneven: growth.isUneven, shape: growth.shape?.value,
                emphasis: growth.shape?.emphasis ?? .normal, timeLeft: outlook.timeLeft))
    }
}

extension Growth {
    /// A slope over all of it says nothing: it levels off, jumps, or rises and falls.
    fileprivate var isUneven: Bool {
        switch shape {
        case .plateau, .step, .sawtooth: true
        case .linear, .risingFloor, .flat, nil: false
        }
    }
}

extension GrowthShape {
    fileprivate var value: FieldValue { .kind(shortText, name: rawValue, rank: order) }

    fileprivate var emphasis: Emphasis { isUnbounded ? .warning : self == .flat ? .faint : .normal }

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
    /// What the rows of view 3 show that no snapshot has; in other views nothing.
    func memoryFigures(of snapshot: Snapshot) -> TaskContext.MemoryFigures {
        guard place.view is MemoryView else { return TaskContext.MemoryFigures() }
        let (changes, growth) = (memory.changes, shownVerdicts?.growth)
        return TaskContext.MemoryFigures(
            changes: { changes[$0] },
            // Of an earlier refresh no verdicts were kept.
            growth: { id in growth.map { ProcessGrowth($0[id]) } ?? .stale },
            limits: { snapshot.memoryLimits(of: $0) })
    }
}

package import Diagnosis
package import Fields
import Samples
import Units

/// The fields of the way of a datagram: of its stages, and of the parts of each.
package final class LossFields: Sendable {
    package static let declared = LossFields()
    package static let table = FieldTable<LossRow>(of: declared)

    package typealias Field = Fields.Field<LossRow>

    package let stage = Field(
        "stage", "WHERE", .flexible(minimum: 22), .text, json: .named("stage"),
        help: "from the wire to the program; below each its interfaces, CPUs, counters, sockets",
        value: { .text($0.stage.id.rawValue) },
        shown: { .text($0.part?.name ?? $0.stage.id.name) },
        emphasis: { row in
            guard row.part == nil else { return .normal }
            return switch row.stage.mark {
            case .critical: .critical
            case .warning: .warning
            case .ok, nil: .heading
            }
        })

    package let part = Field(
        "part", "PART", .flexible(minimum: 22), .text, json: .named("name"),
        help: "an interface, a CPU, a counter or a socket of the stage",
        value: { row in row.part.map { .text($0.name) } ?? .inapplicable })

    package let dropRate = Field(
        .dropRate, "DROP/s", .fixed(7), json: .named("lost_per_second"),
        metric: "dxtop_udp_stage_drops_per_second",
        help: "dropped a second; ! it is dropping now",
        value: { FieldValue($0.lost?.rate) },
        mark: { $0.lost?.rate.map { $0 > .zero } ?? false })

    package let sinceStart = Field(
        "sinceStart", "SEEN", .fixed(8),
        json: .screenOnly("it depends on when dxtop was started; documents have lost_total"),
        help: "dropped since dxtop started",
        value: { row in FieldValue(count: row.lost?.sinceStart) })

    package let drops = Field(
        "drops", "DROPS", .fixed(9), json: .named("lost_total"),
        metric: "dxtop_udp_stage_drops_total",
        help: "dropped since boot, or since the namespace was made",
        value: { row in FieldValue(count: row.lost?.total) })

    package let remark = Field(
        "remark", "", .flexible(minimum: 20), .text, json: .named("text"),
        help: "what else belongs to it",
        value: { row in row.part.map { .text($0.text) } ?? .inapplicable })

    package let meaning = Field(
        "meaning", "MEANING", .flexible(minimum: 40), .text, json: .named("meaning"),
        help: "what a drop here means", value: { .text($0.stage.meaning) })

    package let advice = Field(
        "advice", "ADVICE", .flexible(minimum: 40), .text, json: .named("advice"),
        help: "what to do about it", value: { .text($0.stage.advice) })

    /// Those of a stage in documents, and those of its parts.
    package var ofStages: [Field] { [stage, drops, dropRate, meaning, advice] }
    package var ofParts: [Field] { [part, drops, dropRate, remark] }
}

/// A stage of the way of a datagram, or a part of it.
package struct LossRow: FieldRow {
    package let stage: LossChain.Stage
    package let part: LossChain.Detail?

    package init(_ stage: LossChain.Stage, part: LossChain.Detail? = nil) {
        self.stage = stage
        self.part = part
    }

    package static var fadesZeros: Bool { true }

    fileprivate var lost: Counted? { part.map(\.lost) ?? stage.lost }
}

extension LossRow: ListRow {
    init?(_ row: Row, in contexts: RowContexts) {
        guard let stages = contexts.network?.chain?.stages, stages.indices.contains(row.index)
        else { return nil }
        self.init(stages[row.index], part: row.part.map { stages[row.index].details[$0] })
    }
}

extension RouteRow: ListRow {
    init?(_ row: Row, in contexts: RowContexts) {
        guard let reading = contexts.network?.reading, let routes = reading.routes?.routes,
            routes.indices.contains(row.index)
        else { return nil }
        self.init(routes[row.index], at: row.index, interfaces: reading.interfaces)
    }
}

import Fields
import Probes
import Screen
import Units

/// The rows of a count of system calls.
enum SystemCallRows {
    static func rows(of count: SystemCallCount) -> [ProbeRow] {
        count.calls.map { call in
            let rate = count.rate(of: call.count)
            return ProbeRow(
                id: call.name,
                cells: [
                    "call": cell(call.name, .text(call.name)),
                    "callCount": figure(call.count.map { Double($0) }),
                    "callRate": cell(rate.text, rate.map { .number(Double($0.rawValue)) }),
                    "errors": figure(call.errors.map { Double($0) }, warns: true),
                    "meanTime": time(call.meanTime),
                    "callTime": time(call.time),
                    "share": share(call, of: count),
                ])
        }
    }

    /// Of all calls, or of all looks.
    private static func share(
        _ call: SystemCallCount.Call, of count: SystemCallCount
    ) -> ProbeRow.Cell {
        let ofCalls = call.count.flatMap { calls -> Percent? in
            count.total.map { Percent(calls, of: $0) }
        }
        let percent = ofCalls ?? call.pollShare
        return cell(percent.text, percent.map { .number(Double($0.rawValue)) })
    }

    private static func cell(_ text: String, _ key: SortKey?) -> ProbeRow.Cell {
        ProbeRow.Cell(text: text, style: text == "-" ? .faint : .text, key: key)
    }

    private static func figure(_ value: Double?, warns: Bool = false) -> ProbeRow.Cell {
        let text = value.map { Rate($0) }.text
        let style: Style = value ?? 0 == 0 ? .faint : warns ? .warning : .text
        return ProbeRow.Cell(text: text, style: style, key: value.map { .number($0) })
    }

    private static func time(_ time: Duration?) -> ProbeRow.Cell {
        cell(time?.fineText ?? "-", time.map { .number($0.seconds) })
    }
}

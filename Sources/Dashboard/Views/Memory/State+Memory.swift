import History
import Diagnosis
import Fields
import Samples
import Screen
import Units

/// View 3: which curve, over which time, and the mappings behind it.
extension State {
    /// The mappings on show, those of one use together.
    var mappingGroups: [MappingGroup] {
        guard let view = place.view as? MappingsView, mappings.latest?.process == view.process,
            shown?.recordedTotals == nil
        else { return [] }
        return mappings.groups
    }

    /// For how long memory had been recorded at the moment that is shown.
    private var recordedMemory: Duration {
        guard let shown else { return .zero }
        return chronicle.memory.recorded(until: shown.moment)
    }

    /// Whether a column says more than the one for a shorter time.
    func isKnownLongEnough(for column: FieldID) -> Bool {
        switch column {
        case .fiveMinuteChange: recordedMemory > .seconds(300)
        case .dayChange: recordedMemory > .seconds(3600)
        default: true
        }
    }

    /// A column of view 3 whose time is not over yet is headed by what there is of it: "+/12m".
    func fittedToTime(_ column: Table<FieldID>.Column) -> Table<FieldID>.Column {
        let seconds = Int(recordedMemory.seconds)
        let full = column.id == .hourChange ? 3600 : column.id == .dayChange ? 86_400 : 0
        guard seconds < full else { return column }
        var column = column
        column.title =
            seconds < 60
            ? "+/\(seconds)s" : seconds < 3600 ? "+/\(seconds / 60)m" : "+/\(seconds / 3600)h"
        return column
    }

    mutating func readMappings() {
        guard isLive else {
            say("the screen is frozen: Space goes on live")
            return
        }
        mappings.number += 1
    }

    mutating func zoom(in isIn: Bool) {
        guard shown != nil else { return }
        let here = memory.span(recorded: recordedMemory)
        guard let span = isIn ? here.shorter : here.longer else {
            say(isIn ? "this is the shortest span" : "this is the longest span")
            return
        }
        memory.chosenSpan = span
    }

    mutating func toggleBraille() {
        switch settings.glyphs {
        case .ascii: say("braille needs a UTF-8 locale and a terminal that shows it")
        case .blocks: settings.glyphs = .braille
        case .braille: settings.glyphs = .blocks
        }
    }

    mutating func markSelected() {
        guard let selectedProcess else {
            say("select a process first")
            return
        }
        if !memory.toggleMark(selectedProcess) {
            say("at most \(MemoryState.mostMarked) curves can be marked; m unmarks one")
        }
    }

    /// Where the selected process has ended and its service was started anew, selects the new one.
    mutating func followRestart() {
        guard list.selectedIndex == nil, let selectedProcess,
            let successor = chronicle.memory.successor(of: selectedProcess),
            list.rows.contains(where: { $0.id == .process(successor) })
        else { return }
        list.selected = .process(successor)
    }
}

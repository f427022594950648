import Fields
import Probes
import Samples
import Screen

/// Keys while a box lies over the view.
extension State {
    mutating func pressInOverlay(_ key: Key) -> [Effect] {
        switch dialogue.overlay {
        case .help(let scroll): dialogue.overlay = help(scroll, key)
        case .commands: dialogue.overlay = nil
        case .quitQuestion: return answerQuitQuestion(key)
        case .sortMenu(let selected): chooseSort(selected, key)
        case .namespaceMenu(let selected): chooseNamespace(selected, key)
        case .toolMenu(let selected, let subject, let probes):
            return chooseTool(selected, subject, probes, key)
        case .offers(let offers, let selected): return answer(offers, selected, key)
        case nil: break
        }
        return []
    }

    private func help(_ scroll: Int, _ key: Key) -> Overlay? {
        let page = max(1, size.rows - 4)
        let rows = OverlayView.helpRows(place, width: OverlayView.textWidth(in: size))
        let last = max(0, rows.count - page)
        switch key {
        case .down, .character("j"), .enter: return .help(scroll: min(last, scroll + 1))
        case .up, .character("k"): return .help(scroll: max(0, scroll - 1))
        case .pageDown, .character(" "): return .help(scroll: min(last, scroll + page))
        case .pageUp: return .help(scroll: max(0, scroll - page))
        case .home, .character("g"): return .help(scroll: 0)
        case .end, .character("G"): return .help(scroll: last)
        default: return nil
        }
    }

    private mutating func answerQuitQuestion(_ key: Key) -> [Effect] {
        dialogue.overlay = nil
        switch key {
        case .character("q"), .character("y"), .enter: return [.quit]
        default: return []
        }
    }

    /// By the column, not by its number: a column may come while the menu is open.
    private mutating func chooseSort(_ selected: FieldID, _ key: Key) {
        let columns = columns
        let index = columns.firstIndex { $0.id == selected } ?? 0
        switch menu(index, key, count: columns.count) {
        case .moved(let index): dialogue.overlay = .sortMenu(selected: columns[index].id)
        case .chosen(let index):
            dialogue.overlay = nil
            sort(by: columns[index].id)
        case .closed: dialogue.overlay = nil
        }
    }

    private mutating func chooseNamespace(_ selected: Int, _ key: Key) {
        let namespaces = namespaces?.namespaces ?? []
        switch menu(selected, key, count: namespaces.count) {
        case .moved(let index): dialogue.overlay = .namespaceMenu(selected: index)
        case .chosen(let index):
            dialogue.overlay = nil
            if namespaces.indices.contains(index) { enter(namespaces[index]) }
        case .closed: dialogue.overlay = nil
        }
    }

    /// Probes first, then tools.
    private mutating func chooseTool(
        _ selected: Int, _ subject: ToolSubject, _ probes: [ProbeChoice], _ key: Key
    ) -> [Effect] {
        let tools = ToolCatalogue.tools(for: subject.target)
        let keys = probes.map(\.key) + tools.map(\.key)
        func choose(_ index: Int) -> [Effect] {
            dialogue.overlay = nil
            if index < probes.count {
                return start(probes[index].request, of: probes[index].subject)
            }
            prepare(tools[index - probes.count], for: subject)
            return []
        }
        if case .character(let letter) = key, let index = keys.firstIndex(of: letter) {
            return choose(index)
        }
        switch menu(selected, key, count: keys.count) {
        case .moved(let index): dialogue.overlay = .toolMenu(selected: index, subject, probes)
        case .chosen(let index): return choose(index)
        case .closed: dialogue.overlay = nil
        }
        return []
    }

    /// Only `y` is a yes: Enter and digits are pressed by habit.
    private mutating func answer(
        _ offers: [ProbeOffer], _ selected: Int, _ key: Key
    ) -> [Effect] {
        if key == .character("y"), offers.indices.contains(selected), let probe = probes.current {
            dialogue.overlay = nil
            return start(offers[selected].request, of: probe.subject)
        }
        switch menu(selected, key, count: offers.count) {
        case .moved(let index): dialogue.overlay = .offers(offers, selected: index)
        case .chosen: break
        case .closed: dialogue.overlay = nil
        }
        return []
    }

    private enum MenuStep {
        case moved(to: Int)
        case chosen(Int)
        case closed
    }

    private func menu(_ selected: Int, _ key: Key, count: Int) -> MenuStep {
        switch key {
        case .down, .character("j"): .moved(to: min(count - 1, selected + 1))
        case .up, .character("k"): .moved(to: max(0, selected - 1))
        case .home, .character("g"): .moved(to: 0)
        case .end, .character("G"): .moved(to: count - 1)
        case .enter: .chosen(selected)
        default: .closed
        }
    }
}

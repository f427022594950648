import Diagnosis
import Fields
import Samples
import Screen
import Units

extension State {
    /// Does what a key asks for, where one is.
    mutating func perform(_ command: Command) -> [Effect] {
        if let effects = place.view.perform(command, &self) { return effects }
        switch command {
        case .view(let place): return go(to: place)
        case .back: return back()
        case .backOrQuit: return back(quits: true)
        case .open: return place.view.open(&self)
        case .commandLine: dialogue.ask(.command)
        case .help: dialogue.overlay = .help(scroll: 0)
        case .redraw: return [.redraw]
        case .freeze: if isLive { timeline.freeze() } else { timeline.goLive() }
        case .resume:
            timeline.goLive()
            list.heldUntil = nil
        case .step(let samples): step { $0.step(by: samples) }
        case .stepMinutes(let minutes): step { $0.step(byMinutes: minutes) }
        case .setInterval: dialogue.ask(.interval)
        case .showCommand: dialogue.overlay = .commands(shellCommands())
        case .toggleBraille: toggleBraille()

        case .move(let distance): select { $0.move(by: distance) }
        case .movePages(let pages):
            let page = max(1, layout.listHeight - 1)
            select { $0.move(by: pages * page) }
        case .first: select { $0.move(by: -$0.rows.count) }
        case .last: select { $0.move(by: $0.rows.count) }
        case .filter:
            findings.deselect()
            dialogue.ask(.filter(before: list.filter), list.filter)
        case .hotRow(let distance): selectHotRow(distance)
        case .chooseSort:
            dialogue.overlay = .sortMenu(selected: list.sort)
        case .sortNext(let distance): sortNext(by: distance)
        case .reverseSort:
            list.isReversed.toggle()
            list.heldUntil = nil
        case .sort(let column): sort(by: column)
        case .toggleFollow: list.follows.toggle()
        case .fold: fold()
        case .unfold: unfold()

        case .sockets: openSocketsOfSelection()
        case .toolMenu: openToolMenu()
        case .tool(let id): prepareTool(id)
        case .probe(let kind): return startProbe(kind)
        case .hotFunctions: return toggleHotFunctions()

        // What only some views do; see `View.perform`.
        default: break
        }
        return []
    }

    // MARK: Places

    private mutating func go(to place: Place) -> [Effect] {
        var effects: [Effect] = []
        while let last = navigation.leave() { effects += last.view.leave(&self) }
        if place != self.place { navigation.open(navigation.asLeft(place)) }
        return effects
    }

    /// One step back: a filter first, then the place, then out, after a question, if that is what
    /// the key can mean.
    private mutating func back(quits: Bool = false) -> [Effect] {
        if !list.filter.isEmpty {
            list.filter = ""
            return []
        }
        if let last = navigation.leave() { return last.view.leave(&self) }
        if quits { dialogue.overlay = .quitQuestion }
        return []
    }

    /// Goes through what is kept.
    private mutating func step(_ go: (inout Timeline) -> String?) {
        if let remark = go(&timeline) { say(remark) }
        // Held, rows that another sample leaves out would come back at the end.
        list.heldUntil = nil
    }

    /// The selected row, as far as it is there.
    var selectedRow: Row? { list.selectedIndex.map { list.rows[$0] } }

    /// Goes to what the selected row stands for.
    mutating func openSelectedRow() -> [Effect] {
        guard let shown, let row = selectedRow else {
            if list.selected != nil {
                say(
                    isLive
                        ? "it has ended" : "the selected row is not in this recorded sample")
            }
            return []
        }
        switch row.id {
        case .process(let identity): navigation.open(.threads(of: identity))
        case .thread(let identity):
            navigation.open(.thread(identity, of: shown.processes[row.index].id))
        case .socket(let id): navigation.open(.socket(id))
        case .mappings, .socketGroup, .of, .route, .stage, .part, .probe: break
        }
        return []
    }

    /// Folds the selected row, or unfolds it.
    mutating func toggleSelectedFold() {
        guard let selected = list.selected else { return }
        if list.unfolded.contains(selected) { fold() } else { unfold() }
    }

    private mutating func fold() {
        guard chosenFinding == nil, let selected = list.selected else { return }
        list.folded.insert(selected)
        list.unfolded.remove(selected)
    }

    private mutating func unfold() {
        guard chosenFinding == nil, let selected = list.selected else { return }
        list.folded.remove(selected)
        list.unfolded.insert(selected)
    }

    // MARK: Rows

    var columns: [Column] {
        let view = place.view
        return view.columns.filter { column in
            // A curve moves on as a whole.
            view.shows(column.id, self) && !(settings.isSlow && column.id == .curve)
        }
    }

    /// Changes the selection by hand: the rows then keep their order for a while.
    private mutating func select(_ change: (inout ListState) -> Void) {
        findings.deselect()
        list.isByHand = true
        change(&list)
        list.heldUntil = now + .seconds(5)
        list.scrollToSelection(height: layout.listHeight)
    }

    private mutating func selectHotRow(_ distance: Int) {
        guard let shown else { return }
        let hot = list.rows.indices.filter { isHot(list.rows[$0], in: shown) }
        guard !hot.isEmpty else {
            say(
                shown.processes.contains { $0.hottestCPU != nil }
                    ? "no hot row: no thread uses or wants \(Int(settings.hotThreshold.rawValue))% of a CPU"
                    : "no hot row: nothing is known of threads yet")
            return
        }
        let here = list.selectedIndex ?? -1
        let next =
            distance > 0 ? hot.first { $0 > here } ?? hot[0] : hot.last { $0 < here } ?? hot.last
        select { list in list.selected = next.map { list.rows[$0].id } }
    }

    /// Whether the row is a hot thread or holds one.
    func isHot(_ row: Row, in snapshot: Snapshot) -> Bool {
        switch row.id {
        case .process, .thread: break
        default: return false
        }
        let process = snapshot.processes[row.index]
        guard let thread = row.part else { return process.hasHotThread(settings.hotThreshold) }
        return process.threads[thread].isHot(settings.hotThreshold) == true
    }

    private mutating func sortNext(by distance: Int) {
        // Only columns on the screen: sorting by one that is not there looks broken.
        let ids = ListView.table(for: self).columns(in: size.columns)
        guard !ids.isEmpty else { return }
        let index = ids.firstIndex(of: list.sort) ?? 0
        sort(by: ids[(index + distance + ids.count) % ids.count])
    }

    mutating func sort(by column: FieldID) {
        guard columns.contains(where: { $0.id == column }) else {
            say("this view has no such column")
            return
        }
        list.sort = column
        list.isReversed = false
        list.heldUntil = nil
        list.scroll = 0
    }

    /// Puts the rows of the list in order for what is shown.
    mutating func arrange() {
        guard let shown else { return }
        let view = place.view
        if view.isOfNetwork { network.prepare(shown) }
        view.prepare(&self)
        let grounds = arrangementGrounds
        if grounds?.isMet(by: list.arrangedBy) != true {
            let arrangement = Arrangement(
                snapshot: shown, list: list, contexts: rowContexts(of: shown),
                columns: view.columns,
                holdsOrder: list.heldUntil != nil, probe: probeRows)
            let waits = shown.recordedTotals != nil || view.waitsForSelection
            let (isFiltering, isByHand) = (dialogue.isFiltering, list.isByHand)
            let selected = list.selected
            list.replaceRows(
                view.rows(arrangement),
                // What is filtered out by hand makes way as always.
                waits: !isFiltering && (waits || isByHand && Self.hasEnded(selected, in: shown)))
            list.arrangedBy = grounds
        }
        // Before there are rates the order says nothing, and so would a selection.
        let hasRates = shown.processes.contains { $0.hottestCPU != nil }
        if !hasRates, isLive, list.heldUntil == nil, !view.isOfNetwork {
            list.selected = nil
        }
        view.settle(&self)
        if list.follows {
            list.scrollToSelection(height: layout.listHeight)
        } else {
            list.clampScroll(height: layout.listHeight)
        }
    }

    /// Whether what a row stands for is not there any more; a row may be missing for other reasons.
    private static func hasEnded(_ row: RowID?, in snapshot: Snapshot) -> Bool {
        switch row {
        case .process(let process): snapshot.process(process) == nil
        case .thread(let thread):
            !snapshot.processes.contains { $0.threads.contains { $0.id == thread } }
        case .socket(let socket): snapshot.network?.sockets[socket] == nil
        default: false
        }
    }

    /// Nil for a list whose rows depend on more than this.
    private var arrangementGrounds: ArrangementGrounds? {
        guard place.view.followsSamples, list.filter.isEmpty, list.sort != .activity, let shown
        else {
            return nil
        }
        return ArrangementGrounds(
            place: place, arrivals: timeline.arrivals, shown: shown.sequence, isFrozen: !isLive,
            sort: list.sort, isReversed: list.isReversed, isHeld: list.heldUntil != nil)
    }
}

import Diagnosis
import ProcSampling
import Screen
import Units

extension State {
    /// Does what a key asks for, where one is.
    mutating func perform(_ command: Command) -> [Effect] {
        if place == .tool, let effects = performOnOutput(command) { return effects }
        if case .probe = place, let effects = performOnProbe(command) { return effects }
        switch command {
        case .view(let view): return go(to: view)
        case .back: return back()
        case .backOrQuit: return back(quits: true)
        case .open: open()
        case .commandLine: prompt = Prompt(purpose: .command, field: TextField())
        case .help: overlay = .help(scroll: 0)
        case .redraw: return [.redraw]
        case .freeze: if frozen == nil { freeze() } else { frozen = nil }
        case .resume:
            frozen = nil
            list.heldUntil = nil
        case .step(let samples): step(by: samples)
        case .stepMinutes(let minutes): step(byMinutes: minutes)
        case .setInterval: prompt = Prompt(purpose: .interval, field: TextField())
        case .showCommand: overlay = .commands(shellCommands())

        case .move(let distance):
            if !moveAmongFindings(by: distance) { select { $0.move(by: distance) } }
        case .movePages(let pages):
            let page = max(1, layout.listHeight - 1)
            select { $0.move(by: pages * page) }
        case .first: select { $0.move(by: -$0.rows.count) }
        case .last: select { $0.move(by: $0.rows.count) }
        case .filter:
            prompt = Prompt(
                purpose: .filter(before: list.filter), field: TextField(list.filter))
        case .hotRow(let distance): selectHotRow(distance)
        case .chooseSort:
            overlay = .sortMenu(selected: columns.firstIndex { $0.id == list.sort } ?? 0)
        case .sortNext(let distance): sortNext(by: distance)
        case .reverseSort:
            list.isReversed.toggle()
            list.heldUntil = nil
        case .sort(let column): sort(by: column)
        case .toggleThreads: list.showsThreads.toggle()
        case .toggleTree: list.isTree.toggle()
        case .toggleFollow: list.follows.toggle()
        case .fold: fold()
        case .unfold: unfold()

        case .nextFinding: selectNextFinding()

        case .zoom(let isIn): zoom(in: isIn)
        case .toggleScale: memory.isFitted.toggle()
        case .toggleBraille: toggleBraille()
        case .mark: markSelected()
        case .nextCurve: nextCurve()
        case .readMappings: readMappings()

        case .nextGrouping: nextGrouping()
        case .chooseNamespace: chooseNamespace()
        case .toggleServices: return toggleServices()
        case .toggleHosts: return toggleHosts()
        case .lookClosely: lookClosely()
        case .losses: path.append(Level(.losses))
        case .routes: openRoutes()
        case .routeTo: prompt = Prompt(purpose: .routeTo, field: TextField())
        case .sockets: openSocketsOfSelection()
        case .ownerThreads: openOwner()

        case .toolMenu: openToolMenu()
        case .tool(let id): prepareTool(id)
        case .probe(let kind): return startProbe(kind)
        case .hotFunctions: return toggleHotFunctions()
        case .mute: muteSelected()
        case .search, .searchAgain, .scrollSideways, .save, .repeatProbe, .offers: break
        }
        return []
    }

    // MARK: Places

    private mutating func go(to view: Place.View) -> [Effect] {
        let effects = leaveTool() + leaveProbe()
        for level in path.dropFirst() { leave(level) }
        path.removeSubrange(1...)
        if view != .overview { path.append(asLeft(view)) }
        return effects
    }

    /// One step back: a filter first, then the place; in the Overview the selected finding, then
    /// out, after a question, if that is what the key can mean.
    private mutating func back(quits: Bool = false) -> [Effect] {
        if !list.filter.isEmpty {
            list.filter = ""
            return []
        }
        guard path.count > 1 else {
            if quits { overlay = .quitQuestion } else { selectedFinding = nil }
            return []
        }
        var effects = leaveTool()
        if case .probe = place { effects += leaveProbe() }
        leave(level)
        path.removeLast()
        return effects
    }

    private mutating func open() {
        if let finding = chosenFinding { return open(finding) }
        if case .socket = place { return openOwner() }
        guard let shown, let index = list.selectedIndex else {
            if list.selected != nil {
                say(
                    frozen == nil
                        ? "it has ended" : "the selected row is not in this recorded sample")
            }
            return
        }
        let row = list.rows[index]
        switch row.id {
        case .process(let identity):
            path.append(Level(place == .memory ? .mappings(of: identity) : .threads(of: identity)))
        case .thread(let identity):
            path.append(Level(.thread(identity, of: shown.processes[row.index].id)))
        case .mappings:
            if list.unfolded.contains(row.id) { fold() } else { unfold() }
        case .socket(let id): path.append(Level(.socket(id)))
        case .socketGroup(let id): path.append(Level(.sockets(of: id)))
        case .mapping, .route, .stage, .part, .probe: break
        }
    }

    /// Keeps the list of a view as it was left, for when one comes back.
    private mutating func leave(_ level: Level) {
        switch level.place {
        case .threads(of: nil), .memory, .sockets(of: nil), .socketGroups, .udp:
            left[level.place] = level
        case .mappings: mappings.forget()
        case .overview, .threads, .thread, .sockets, .socket, .losses, .routes, .tool, .probe: break
        }
    }

    /// A view as it was left, or as it is at first.
    func asLeft(_ view: Place.View) -> Level { left[view.place] ?? Level(view.place) }

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
        Column.columns(of: place).filter {
            (place != .memory || isKnownLongEnough(for: $0.id))
                // It moves on as a whole.
                && !(settings.isSlow && $0.id == .curve)
        }
    }

    /// Changes the selection by hand: the rows then keep their order for a while.
    private mutating func select(_ change: (inout ListState) -> Void) {
        selectedFinding = nil
        list.isByHand = true
        change(&list)
        list.heldUntil = now + .seconds(5)
        list.scrollToSelection(height: layout.listHeight)
    }

    private mutating func selectHotRow(_ distance: Int) {
        guard let shown else { return }
        let hot = list.rows.indices.filter { isHot(list.rows[$0], in: shown) }
        guard !hot.isEmpty else {
            say("no hot row: no thread uses \(Int(settings.hotThreshold.rawValue))% of a CPU")
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

    mutating func sort(by column: ColumnID) {
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
        if place == .memory { memory.updateChanges(for: shown) }
        if case .mappings = place { mappings.sortMembers(of: list.unfolded) }
        prepareNetworkRows()
        prepareProbeRows()
        let grounds = arrangementGrounds
        if grounds?.isMet(by: list.arrangedBy) != true {
            let arrangement = Arrangement(
                snapshot: shown, list: list, userNames: userNames,
                // Rows of sockets are in order already.
                holdsOrder: list.heldUntil != nil && !place.listsSockets,
                namesThreads: place == .overview, memory: memoryFigures, groups: mappingGroups,
                network: networkRows, probe: probeRows, hotFunctions: shownFunctions,
                isCoarse: settings.isSlow)
            // What is filtered out by hand makes way as always.
            let isFiltering = if case .filter = prompt?.purpose { true } else { false }
            // A curve stays on show when its process ends, and goes on with the one that continues
            // it.
            let waits = shown.extent == .recorded || place == .memory
            list.replaceRows(arrangement.rows(of: place), waits: waits && !isFiltering)
            list.arrangedBy = grounds
        }
        followRestart()
        // Before there are rates the order says nothing, and so would a selection.
        let hasRates = shown.processes.contains { $0.hottestCPU != nil }
        if !hasRates, frozen == nil, list.heldUntil == nil, !place.isOfNetwork {
            list.selected = nil
        }
        // Whatever loses comes first, until a person looks at something else.
        if place == .udp, !list.isByHand { list.selected = list.rows.first?.id }
        if place == .losses, !list.isByHand { selectLosingStage() }
        // In the first minute another process may turn out to grow the most.
        if place == .memory, !list.isByHand, memory.history.recorded < .seconds(60) {
            list.selected = list.rows.first?.id
        }
        if list.follows {
            list.scrollToSelection(height: layout.listHeight)
        } else {
            list.clampScroll(height: layout.listHeight)
        }
    }

    /// Nil for a list whose rows depend on more than this.
    private var arrangementGrounds: ArrangementGrounds? {
        guard case .threads = place, list.filter.isEmpty, list.sort != .activity, let shown else {
            return nil
        }
        return ArrangementGrounds(
            place: place, arrivals: arrivals, shown: shown.sequence, isFrozen: frozen != nil,
            sort: list.sort, isReversed: list.isReversed, isHeld: list.heldUntil != nil)
    }

    // MARK: Time

    private mutating func step(by samples: Int) {
        guard let here = shown?.sequence else { return }
        goTo(sequence: here + samples)
    }

    private mutating func step(byMinutes minutes: Int) {
        guard let here = shown?.sequence,
            // A screen that stands for longer than the recording goes on from its oldest end.
            let there = history.sequence(.seconds(60 * minutes), from: here)
                ?? history.sequences?.lowerBound
        else { return }
        goTo(sequence: there)
        if minutes < 0, there == history.sequences?.lowerBound {
            say("this is the oldest sample kept")
        }
    }

    private mutating func goTo(sequence: Int) {
        guard let newest = live?.sequence, let oldest = history.sequences?.lowerBound else {
            return
        }
        // Held, rows that another sample leaves out would come back at the end.
        list.heldUntil = nil
        if sequence >= newest {
            frozen = nil
            say("live again")
        } else {
            frozen = history.nearest(to: sequence).flatMap(history.snapshot(sequence:))
            if sequence < oldest { say("this is the oldest sample kept") }
        }
    }
}

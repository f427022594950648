import Diagnosis
import ProcFormats
import Samples
import Screen
import Units

/// What of the host is short: a line for CPU and memory, swap and disk, UDP and TCP, each with its
/// mark; below them the hot threads.
enum ResourceLines {
    static let height = 4

    static func draw(
        _ snapshot: Snapshot, _ state: State, into surface: inout Surface, in rect: Rect
    ) {
        let host = snapshot.host
        let health = HostHealth(host, disks: snapshot.disks)
        let network = snapshot.network?.counters
        let left = (rect.columns - 3) * 40 / 77
        let cells: [(label: String, facts: [String], verdict: Verdict?)] = [
            ("CPU", cpuFacts(host), health.cpu), ("MEM", memoryFacts(host), health.memory),
            ("SWAP", swapFacts(host), health.swap), ("DISK", diskFacts(snapshot), health.disk),
            ("UDP", namespace(state) + udpFacts(network), state.verdicts.network.udp),
            (
                "TCP", tcpFacts(network, columns: rect.columns - left - 3),
                state.verdicts.network.tcp
            ),
        ]
        for (index, cell) in cells.enumerated() {
            let isLeft = index % 2 == 0
            let column = rect.column + (isLeft ? 0 : left + 3)
            let columns = isLeft ? left : rect.columns - left - 3
            let row = Rect(column: column, row: rect.row + index / 2, columns: columns, rows: 1)
            draw(cell.label, cell.facts, cell.verdict, into: &surface, in: row)
            if isLeft {
                surface.put(
                    String(surface.glyphs.bar),
                    at: Point(column: rect.column + left + 1, row: row.row), style: .faint)
            }
        }
        let last = Rect(column: rect.column, row: rect.row + 3, columns: rect.columns, rows: 1)
        drawHotThreads(snapshot, state, into: &surface, in: last)
    }

    /// A label, figures, and at the right edge "ok" or the reason with its mark. What does not fit
    /// is left out whole: half a figure would be another figure. A short reason comes before
    /// figures: a mark without one says nothing.
    private static func draw(
        _ label: String, _ facts: [String], _ verdict: Verdict?, into surface: inout Surface,
        in rect: Rect
    ) {
        let mark = MarkText(verdict)
        let room = rect.columns - mark.text.count - 1
        func width(_ text: String) -> Int {
            VisibleText.width(text, unicode: surface.glyphs.isUnicode)
        }
        var column = surface.put(label, at: rect.origin, style: .heading, within: room)
        let reason = mark.reason.map { " " + $0 } ?? ""
        let length = reason.isEmpty ? 0 : width(reason) + 1
        // A long one stands there only where all figures leave room for it.
        let kept = length <= room * 2 / 3 ? length : 0
        for fact in facts {
            guard column + 1 + width(fact) <= room - kept else { break }
            column += 1
            column += surface.put(
                fact, at: Point(column: rect.column + column, row: rect.row))
        }
        if column + length <= room {
            surface.put(reason, at: Point(column: rect.column + column + 1, row: rect.row))
        }
        surface.put(
            mark.text,
            at: Point(column: rect.column + rect.columns - mark.text.count, row: rect.row),
            style: mark.style)
    }

    private static func cpuFacts(_ host: HostSample) -> [String] {
        guard let shares = host.cpu else { return ["-"] }
        var facts = [
            "\(whole(shares.busy))%", "usr \(whole(shares.user))", "sys \(whole(shares.system))",
        ]
        if let runnable = host.runnable {
            facts.append("run \(runnable)/\(host.cpuCount.map { String($0) } ?? "-")")
        }
        if let stall = host.cpuPressure?.some?.average10 { facts.append("psi \(whole(stall))") }
        if let forks = host.forks, forks >= Self.manyForks { facts.append("forks \(forks.text)/s") }
        // What comes and goes stands last, so that all else keeps its place.
        facts.append("iowait \(whole(shares.ioWait))")
        if shares.steal.rawValue >= 0.5 { facts.append("steal \(whole(shares.steal))") }
        return facts
    }

    /// A second: fewer are everyday.
    private static let manyForks = Rate(100.0)

    private static func whole(_ percent: Percent) -> Int {
        Int(min(max(percent.rawValue, 0), 1e6).rounded())
    }

    private static func memoryFacts(_ host: HostSample) -> [String] {
        guard let memory = host.memory else { return ["-"] }
        var facts = ["avail \(memory.available.text) of \(memory.total.text)"]
        if let stall = host.memoryPressure?.some?.average10 {
            facts.append("psi \(whole(stall))")
        }
        return facts
    }

    private static func swapFacts(_ host: HostSample) -> [String] {
        guard let memory = host.memory else { return ["-"] }
        guard memory.swapTotal?.rawValue != 0 else { return ["none"] }
        var used: ByteCount?
        if let total = memory.swapTotal, let free = memory.swapFree {
            used = ByteCount(total.rawValue - min(free.rawValue, total.rawValue))
        }
        return [
            used.text,
            "in \(host.pagesSwappedIn.text) out \(host.pagesSwappedOut.text) pages/s",
        ]
    }

    private static func diskFacts(_ snapshot: Snapshot) -> [String] {
        let host = snapshot.host
        var facts = [
            "r \(host.bytesReadFromDisk.bytesText)", "w \(host.bytesWrittenToDisk.bytesText)",
        ]
        if let blocked = host.blocked { facts.append("D \(blocked)") }
        if let stall = host.ioPressure?.some?.average10 { facts.append("psi \(whole(stall))") }
        // What comes and goes stands last. Of a disk that has little to do it matters to nobody.
        let saturated = snapshot.disks.filter(\.isSaturated)
        let disk = DiskSample.busiest(of: saturated.isEmpty ? snapshot.disks : saturated)
        if let disk, let share = disk.utilization, share >= Self.noteworthyDisk {
            facts.append("\(disk.name) \(whole(share))%")
        }
        return facts
    }

    private static let noteworthyDisk = Percent(10.0)

    /// Which network is meant, if not our own.
    private static func namespace(_ state: State) -> [String] {
        guard let namespace = state.shownNetwork?.namespace, !namespace.isOwn else { return [] }
        return [NetworkNotes.name(of: namespace, state) + ":"]
    }

    private static func udpFacts(_ counters: NetworkCounters?) -> [String] {
        guard let counters else { return ["-"] }
        let received = counters.sum(.udpReceived, .udp6Received)
        let drops = counters.sum(.udpErrors, .udp6Errors)
        return ["\((received?.rate).text)/s in", "drop \((drops?.rate).text)/s"]
    }

    /// Each always at its place; where not all fit, a share of retransmits makes room for overflows.
    private static func tcpFacts(_ counters: NetworkCounters?, columns: Int) -> [String] {
        guard let counters else { return ["-"] }
        var facts: [String] = []
        if let open = counters[.tcpEstablished]?.total { facts.append("\(open) open") }
        if let sent = counters[.tcpSegmentsSent]?.rate,
            let again = counters[.tcpRetransmitted]?.rate
        {
            let share = sent > .zero ? Percent(100 * again.rawValue / sent.rawValue) : .zero
            facts.append("retr \(share.text)%")
        }
        let overflows = counters[.listenOverflows]?.rate
        facts.append("ListenOverflows \(overflows.text)/s")
        let isWhole = facts.joined(separator: " ").count + "TCP ".count + " !!".count < columns
        if !isWhole, facts.count > 2, overflows ?? .zero > .zero { facts.remove(at: 1) }
        return facts
    }

    // MARK: Hot threads

    private static func drawHotThreads(
        _ snapshot: Snapshot, _ state: State, into surface: inout Surface, in rect: Rect
    ) {
        let threshold = state.settings.hotThreshold
        let found = state.hotThreads(of: snapshot)
        let hot = found.threads
        let ended = EndedTasks(snapshot)
        // No process may be known, or none be permitted: then nothing is known of their threads.
        let isKnown =
            snapshot.interval != nil && snapshot.processes.contains { $0.hottestCPU != nil }
        let serialised = isKnown && hot.isEmpty ? state.serialised(in: snapshot) : nil
        let room = rect.columns - "HOT".count - " !!".count
        let facts: [String]
        if !isKnown {
            facts = ["-"]
        } else if let first = hot.first {
            let time = found.duration > .seconds(1) ? " for \(found.duration.text)+" : ""
            let use = first.isStarved ? "wants a whole CPU, gets " : ""
            let thread = "\(hot.count)  T\(first.thread.tid) \(first.name)"
            let owner = "of \(first.processName) \(first.process.pid):"
            let share = use + first.cpu.text + "%" + time
            // Whose thread it is matters less than what it uses.
            let isWhole = VisibleText.width([thread, owner, share].joined(separator: " ")) < room
            facts =
                (isWhole ? [thread, owner, share] : [thread, share])
                + (ended?.facts(for: room).suffix(1).map { "and " + $0 } ?? [])
        } else if let serialised {
            facts = serialised.factsOfTurns(for: room, threshold)
        } else if let ended {
            facts = ended.facts(for: room)
        } else {
            facts = ["0 ", "no thread uses or wants \(Int(threshold.rawValue))% of a CPU"]
        }
        // Where threads wait for CPUs, a spinner may get too little of one to show: no "ok" then.
        let isContended = HostHealth(snapshot.host).cpu.map { $0.mark > .ok } ?? true
        let isUnsure = !isKnown || isContended || ended != nil
        let verdict: Verdict?
        if !hot.isEmpty {
            verdict = Verdict(mark: .critical, reason: "")
        } else if serialised != nil {
            verdict = Verdict(mark: .warning, reason: "")
        } else {
            verdict = isUnsure ? nil : Verdict.ok
        }
        draw("HOT", facts, verdict, into: &surface, in: rect)
    }
}

extension ProcessSample {
    /// That its threads take turns, in a line of so many columns: none of them is hot, but all together are.
    fileprivate func factsOfTurns(for columns: Int, _ threshold: Percent) -> [String] {
        var short = ["0 ", "\(name) \(id.pid) takes turns"]
        if let cpu { short.append("(its threads use \(cpu.text)% of a CPU)") }
        var whole = short
        whole.insert("no thread uses or wants \(Int(threshold.rawValue))% of a CPU, but", at: 1)
        return VisibleText.width(whole.joined(separator: " ")) < columns ? whole : short
    }
}

extension EndedTasks {
    /// In a line of so many columns; what they did comes last.
    fileprivate func facts(for columns: Int) -> [String] {
        let use =
            "CPU \(busy.wholeText) % busy, but processes that are listed use"
            + " \(listed.wholeText) % of \(capacity.wholeText):"
        let short = "listed processes use \(listed.wholeText) of \(capacity.wholeText) %:"
        let rate = "\(forks.text) new \(areProcesses ? "processes" : "tasks") a second"
        let names = starters.map { "\($0.name) (\($0.id.pid))" }.joined(separator: ", ")
        let started = names.isEmpty ? "" : ", started by \(names)"
        let whole = [use, rate + started]
        return VisibleText.width(whole.joined(separator: " ")) < columns
            ? whole : [short, "\(forks.text) forks/s" + (names.isEmpty ? "" : " by \(names)")]
    }
}

/// A verdict as the screen shows it: the mark at the edge, the reason before it.
struct MarkText {
    let text: String
    let style: Style
    let reason: String?

    init(_ verdict: Verdict?) {
        switch verdict?.mark {
        case .ok: (text, style) = ("ok", .good)
        case .warning: (text, style) = (" !", .warning)
        case .critical: (text, style) = ("!!", .critical)
        case nil: (text, style) = (" -", .faint)
        }
        reason = verdict.flatMap { $0.reason.isEmpty ? nil : $0.reason }
    }
}

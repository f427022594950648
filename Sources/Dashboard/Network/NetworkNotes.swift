import ProcFormats
import Samples
import Screen
import Units

/// What is to be said of a reading of sockets besides its rows: where it is from, what it lacks, and
/// what would add that.
enum NetworkNotes {
    /// The namespace on show: "host", "netns web", "netns of 2214 streamd".
    static func namespace(_ state: State) -> String {
        guard let namespace = state.shownNetwork?.namespace else { return "" }
        return name(of: namespace, state)
    }

    static func name(of namespace: NetworkNamespace, _ state: State) -> String {
        if namespace.isOwn { return "this netns" }
        if !namespace.names.isEmpty { return "netns " + namespace.names.joined(separator: " ") }
        guard let process = namespace.process else { return "netns \(namespace.id.rawValue)" }
        let name = state.shown?.process(process)?.name ?? ""
        return "netns of \(process.pid) \(name)"
    }

    /// The most important first, each once.
    ///
    /// - Parameter tables: what the view lists.
    static func lines(_ state: State, of tables: SocketTables = .all) -> [[StyledText]] {
        unread(state, of: tables) + source(state)
    }

    /// What was not read at the moment at which the screen stands.
    static func unread(_ state: State, of tables: SocketTables) -> [[StyledText]] {
        let unread = UnreadTables(state, of: tables)
        return [unread?.text, unread?.oldText].compactMap { text in
            text.map { [StyledText($0, .warning)] }
        }
    }

    /// Where the reading is from, and what it lacks.
    static func source(_ state: State) -> [[StyledText]] {
        guard let reading = state.shownNetwork else { return [[absence(state)]] }
        var lines: [[StyledText]] = []
        if let failure = reading.failure { lines.append([failed(failure)]) }
        if case .files(let reason) = reading.sockets.source {
            lines.append([
                StyledText("! ", .warning),
                StyledText("from /proc/net: \(reason); no buffers, no TCP details"),
            ])
        }
        lines += owners(reading.sockets.owners, state)
        if reading.sockets.isTorn {
            lines.append([
                StyledText("sockets came and went meanwhile: one may be missing", .faint)
            ])
        }
        return lines
    }

    /// What stands in a list of sockets without rows.
    ///
    /// - Parameter wanted: what it lists; all kinds take a while.
    static func emptiness(_ state: State, of wanted: SocketTables) -> String {
        guard let sockets = state.shownNetwork?.sockets else { return "" }
        if let text = UnreadTables(state, of: wanted)?.text { return text }
        return sockets.tables.isSuperset(of: .all) || wanted != .all
            ? "none" : "reading sockets ..."
    }

    private static func absence(_ state: State) -> StyledText {
        if !state.isLive {
            return StyledText("no sockets were read at this moment; Space goes on live", .faint)
        }
        return StyledText("reading sockets ...", .faint)
    }

    private static func failed(_ error: ProcError) -> StyledText {
        switch error {
        case .denied:
            StyledText("! that namespace may be entered by root only (CAP_SYS_ADMIN)", .warning)
        case .vanished: StyledText("! that namespace is gone: N chooses another", .warning)
        case .absent, .malformed, .failed: StyledText("! \(error)", .warning)
        }
    }

    private static func owners(
        _ search: SocketReading.OwnerSearch, _ state: State
    ) -> [[StyledText]] {
        if search.isImpossible {
            return [[StyledText("owners are known on the live machine only", .faint)]]
        }
        if search.deniedProcesses > 0 {
            let what =
                search.deniedProcesses == 1 ? "1 process" : "\(search.deniedProcesses) processes"
            let who = state.settings.isRoot ? "CAP_SYS_PTRACE" : "root"
            return [
                [
                    StyledText("- ", .faint),
                    StyledText("the sockets of \(what) show no owner: \(who) would add them"),
                ]
            ]
        }
        guard search.pending > 0 else { return [] }
        let what = search.pending == 1 ? "1 socket" : "\(search.pending) sockets"
        return [[StyledText("resolving the owner of \(what) ...", .faint)]]
    }
}

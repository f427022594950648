internal import CCurses
import Glibc
package import Screen

/// The one owner of curses and of the tty's state.
///
/// It exists within the scope of `withTerminal` only. The tty is restored when that is left, by
/// return or by error; and also when the process ends by a signal, a crash or `exit`, since the
/// handlers are installed for the same time.
package final class CursesTerminal: Terminal {
    package struct Options: Hashable, Sendable {
        /// Draw with ASCII only, whatever the terminal can do.
        package var ascii: Bool
        /// Use colours if the terminal has them and `NO_COLOR` does not forbid it.
        package var color: Bool
        /// Draw for a slow line: ASCII, no colours, a little at a time. A line that says itself that
        /// it is slow is taken at its word.
        package var slow: Bool

        package init(ascii: Bool = false, color: Bool = true, slow: Bool = false) {
            self.ascii = ascii
            self.color = color
            self.slow = slow
        }
    }

    package let capabilities: TerminalCapabilities
    package private(set) var size: Size
    /// Readable when a key may have arrived, and when the terminal is gone.
    package let keyDescriptor: CInt
    /// Writable when the terminal takes output.
    package let outputDescriptor = STDOUT_FILENO
    /// Readable when a signal has come.
    package let signalDescriptor: CInt

    private let palette: Palette
    private var keys = KeyDecoder()
    /// What the terminal shows; nil when that is not known and all must be drawn.
    private var shown: Surface?
    /// On a slow line only.
    private var pace: LinePace?
    private let start = ContinuousClock.now
    private var text: [wchar_t] = []

    /// Opens the terminal, runs `body` with it, and restores it.
    package static func withTerminal<Result>(
        _ options: Options = Options(), _ body: (CursesTerminal) throws -> Result
    ) throws -> Result {
        let terminal = try CursesTerminal(options)
        defer { terminal.close() }
        return try body(terminal)
    }

    private init(_ options: Options) throws(TerminalError) {
        guard isatty(STDOUT_FILENO) == 1 else { throw .noTerminal }
        keyDescriptor = try Self.openKeyboard()
        let name = Environment["TERM"] ?? ""
        let isUTF8 = CCurses_uses_utf8()
        let baud = LinePace.slowBaud(of: STDOUT_FILENO)
        let isSlow = options.slow || baud != nil
        if isSlow { pace = LinePace(baud: baud ?? LinePace.usualBaud) }
        let wantsColor = options.color && !isSlow && (Environment["NO_COLOR"] ?? "").isEmpty
        // Before curses, which takes only signals that nobody handles. Its own handling of SIGTSTP
        // would be to ignore it during each update, and so to lose a Ctrl-Z.
        signalDescriptor = CCurses_install_signals()
        guard signalDescriptor >= 0 else {
            Self.closeKeyboard(keyDescriptor)
            throw .unusable("eventfd: \(String(cString: strerror(errno)))")
        }
        guard Self.open(name, keyDescriptor, wantsColor: wantsColor) else {
            CCurses_remove_signals()
            Self.closeKeyboard(keyDescriptor)
            throw .unusable("TERM=\(VisibleText.of(name)): \(String(cString: strerror(errno)))")
        }
        let colors = wantsColor ? max(0, Int(CCurses_colors())) : 0
        capabilities = TerminalCapabilities(
            colors: colors >= 256 ? 256 : colors >= 16 ? 16 : colors >= 8 ? 8 : 0,
            unicode: isUTF8 && !options.ascii && !isSlow && !TerminalName.isASCII(name),
            slowBaud: isSlow ? baud ?? LinePace.usualBaud : nil)
        palette = Palette(colors: capabilities.colors)
        if capabilities.colors > 0 {
            for (pair, appearance) in palette.pairs {
                CCurses_set_pair(pair, appearance.foreground, appearance.background)
            }
        }
        size = Size(columns: 0, rows: 0)
        updateSize()
    }

    private func close() {
        CCurses_guard_close()
        CCurses_close()
        CCurses_remove_signals()
        Self.closeKeyboard(keyDescriptor)
    }

    // MARK: Opening

    /// Standard input, unless something is piped into it.
    private static func openKeyboard() throws(TerminalError) -> CInt {
        if isatty(STDIN_FILENO) == 1 { return STDIN_FILENO }
        let descriptor = Glibc.open("/dev/tty", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .noTerminal }
        return descriptor
    }

    private static func closeKeyboard(_ descriptor: CInt) {
        if descriptor != STDIN_FILENO { _ = Glibc.close(descriptor) }
    }

    /// Tries the terminal's own description, then related ones, then the one we carry.
    private static func open(_ name: String, _ input: CInt, wantsColor: Bool) -> Bool {
        for candidate in TerminalName.candidates(name)
        where CCurses_describes(candidate, STDOUT_FILENO) {
            return CCurses_open(candidate, input, STDOUT_FILENO, wantsColor)
        }
        let folder = Environment["TERMINFO"]
        setenv("TERMINFO", FallbackTerminal.description, 1)
        // The tools that we start are to see the user's environment.
        defer {
            if let folder { setenv("TERMINFO", folder, 1) } else { unsetenv("TERMINFO") }
        }
        return CCurses_open(FallbackTerminal.name, input, STDOUT_FILENO, wantsColor)
    }

    // MARK: Drawing

    @discardableResult
    package func present(_ surface: borrowing Surface) -> Bool {
        let surface = copy surface
        guard surface != shown else { return true }
        guard pause == nil, isWritable else { return false }
        // Cells of another size stand elsewhere.
        let old = shown?.size == surface.size ? shown : nil
        let changes = RowChange.all(of: surface, since: old, within: size)
        var sent = changes
        if let pace, let old, !RowChange.isScrolled(surface, since: old) {
            sent = RowChange.most(urgent: changes, within: pace.slice)
        }
        for change in sent {
            for column in change.columns {
                put(
                    surface[Point(column: column, row: change.row)], column, change.row, in: surface
                )
            }
        }
        if let cursor = surface.cursor, cursor.column < size.columns, cursor.row < size.rows {
            CCurses_update(CInt(cursor.column), CInt(cursor.row))
        } else {
            CCurses_update(-1, -1)
        }
        pace?.sent(sent.reduce(0) { $0 + $1.bytes }, at: now)
        guard sent.count < changes.count, var partly = old else {
            shown = surface
            return true
        }
        for change in sent { partly.takeRow(change.row, from: surface) }
        shown = partly
        return false
    }

    /// How long not to send anything, since a slow line is busy; nil when it is free.
    package var pause: Duration? { pace?.wait(at: now) }

    private var now: Duration { ContinuousClock.now - start }

    /// Whether the terminal takes output: not while it is stopped (Ctrl-S), nor on a serial line
    /// while there are 256 bytes in its queue.
    private var isWritable: Bool {
        var state = pollfd(fd: outputDescriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&state, 1, 0) > 0
    }

    /// Has the next `present` send everything, for when other output has spoilt the screen.
    package func redraw() {
        CCurses_redraw()
        shown = nil
    }

    /// Each cell is put at its own place, so that a width on which the C library disagrees with us
    /// can never shift the rest of its row; such a character becomes `?`.
    private func put(_ cell: Cell, _ column: Int, _ row: Int, in surface: Surface) {
        guard let character = cell.text else { return }
        let next = Point(column: column + 1, row: row)
        let width = column + 1 < size.columns && surface[next].text == nil ? 2 : 1
        text.removeAll(keepingCapacity: true)
        for scalar in character.unicodeScalars { text.append(wchar_t(bitPattern: scalar.value)) }
        let isSound =
            text[0] < 0x7f || capabilities.unicode && CCurses_width(text[0]) == CInt(width)
        let pair = capabilities.colors > 0 ? palette.pair(cell.style.role) : 0
        let attributes = CInt(palette.attributes(cell.style).rawValue)
        guard isSound else {
            let mark = [wchar_t(0x3f), 0]
            for half in column..<column + width {
                CCurses_put(CInt(half), CInt(row), mark, attributes, pair)
            }
            return
        }
        text.append(0)
        CCurses_put(CInt(column), CInt(row), text, attributes, pair)
    }

    // MARK: Keys and signals

    package func nextKey() -> Key? {
        keys.next(Self.readKey)
    }

    private static func readKey() -> KeyEvent? {
        var code: UInt32 = 0
        switch CCurses_next_key(&code) {
        case CCurses_none: return nil
        case CCurses_character:
            return Unicode.Scalar(code).map(KeyEvent.character) ?? .ignored
        case CCurses_up: return .key(.up)
        case CCurses_down: return .key(.down)
        case CCurses_left: return .key(.left)
        case CCurses_right: return .key(.right)
        case CCurses_home: return .key(.home)
        case CCurses_end: return .key(.end)
        case CCurses_page_up: return .key(.pageUp)
        case CCurses_page_down: return .key(.pageDown)
        case CCurses_backspace: return .key(.backspace)
        case CCurses_delete: return .key(.delete)
        case CCurses_enter_key: return .key(.enter)
        case CCurses_function: return .key(.function(Int(code)))
        default: return .ignored
        }
    }

    /// Whether the terminal is gone, so that no key will ever come: a lost connection.
    package var hasHungUp: Bool {
        var state = pollfd(fd: keyDescriptor, events: 0, revents: 0)
        return poll(&state, 1, 0) > 0 && CInt(state.revents) & (POLLHUP | POLLERR | POLLNVAL) != 0
    }

    /// The signals that have come since the last call. To be asked when `signalDescriptor` is
    /// readable. After one of `.ending` there is one second to leave `withTerminal`; then the tty
    /// is restored and the process ended.
    package func takeSignals() -> TerminalSignals {
        let taken = CCurses_take_signals()
        return Self.signals.reduce(into: []) { signals, known in
            if taken & UInt32(known.mask) != 0 { signals.insert(known.signal) }
        }
    }

    private static let signals: [(mask: Int, signal: TerminalSignals)] = [
        (CCurses_signal_resize, .resize), (CCurses_signal_interrupt, .interrupt),
        (CCurses_signal_terminate, .terminate), (CCurses_signal_hangup, .hangUp),
        (CCurses_signal_suspend, .suspend), (CCurses_signal_continue, .resume),
    ]

    /// Takes over the tty's size. To be called on `.resize`.
    ///
    /// - Returns: whether it is another one than before.
    @discardableResult
    package func updateSize() -> Bool {
        var columns: CInt = 0
        var rows: CInt = 0
        CCurses_size(&columns, &rows)
        let new = Size(columns: Int(columns), rows: Int(rows))
        guard new != size else { return false }
        size = new
        CCurses_resize(columns, rows)
        shown = nil
        return true
    }

    /// Gives the tty back to the shell and stops, as Ctrl-Z means it; returns once continued. To be
    /// called on `.suspend`.
    package func suspend() {
        CCurses_leave()
        CCurses_stop()
        resume()
    }

    /// Takes the tty over again after the process was stopped from outside. To be called on
    /// `.resume`.
    package func resume() {
        CCurses_enter()
        updateSize()
        redraw()
    }

    /// Ends the process as the signal would have by default, so that its parent sees why. To be
    /// called after `withTerminal`.
    package static func die(of signals: TerminalSignals) -> Never {
        let number =
            signals.contains(.hangUp) ? SIGHUP : signals.contains(.terminate) ? SIGTERM : SIGINT
        CCurses_die(number)
        exit(128 + number)
    }
}

import Glibc

/// A pseudo terminal with a program in it, seen from the other side.
final class PseudoTerminal {
    struct Failure: Error {
        var call: String
        var number = errno
    }

    /// Everything the program has sent so far.
    private(set) var output: [UInt8] = []
    /// How the tty was before the program started.
    let initialModes: termios

    let process: pid_t
    private var master: CInt
    /// Held open so that the tty outlives the program.
    private let slave: CInt
    private var status: CInt?

    /// Starts a program as the leader of its own session, with the pseudo terminal as its
    /// controlling one.
    init(
        _ arguments: [String], environment: [String], columns: Int = 80, rows: Int = 24
    ) throws {
        var ends: (master: CInt, slave: CInt) = (-1, -1)
        guard openpty(&ends.master, &ends.slave, nil, nil, nil) == 0 else {
            throw Failure(call: "openpty")
        }
        (master, slave) = ends
        for end in [master, slave] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var name = [CChar](repeating: 0, count: 64)
        guard ttyname_r(slave, &name, name.count) == 0 else { throw Failure(call: "ttyname_r") }
        initialModes = Self.modes(of: slave)
        Self.setSize(of: master, columns, rows)

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Opened by the leader of a session without one, a tty becomes its controlling terminal.
        posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The test runner's threads block signals; a login shell's children do not.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(
            &attributes, Self.startsSession | Int16(POSIX_SPAWN_SETSIGMASK))
        var argv = arguments.map { strdup($0) } + [nil]
        var envp = environment.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var child: pid_t = 0
        errno = posix_spawn(&child, arguments[0], &actions, &attributes, &argv, &envp)
        guard errno == 0 else { throw Failure(call: "posix_spawn") }
        process = child
    }

    deinit {
        if status == nil {
            kill(process, SIGKILL)
            kill(process, SIGCONT)
            waitpid(process, nil, 0)
        }
        hangUp()
        close(slave)
    }

    /// `POSIX_SPAWN_SETSID`, which the Glibc module does not show.
    private static let startsSession: Int16 = 0x80

    // MARK: Doing

    func send(_ text: String) {
        _ = write(master, text, text.utf8.count)
    }

    func resize(columns: Int, rows: Int) {
        Self.setSize(of: master, columns, rows)
    }

    /// Closes this side, as a lost connection does.
    func hangUp() {
        if master >= 0 { close(master) }
        master = -1
    }

    func forgetOutput() { output = [] }

    // MARK: Seeing

    var modes: termios { Self.modes(of: slave) }

    var text: String { String(decoding: output, as: UTF8.self) }

    /// Reads until the output contains a text, or the deadline has passed.
    func waitFor(_ expected: String) -> Bool {
        waitUntil { self.text.contains(expected) }
    }

    /// Reads until a condition holds, or for ten seconds.
    func waitUntil(_ condition: () -> Bool) -> Bool {
        let deadline = Self.now + 10
        while !condition() {
            guard Self.now < deadline else { return false }
            readSome()
        }
        return true
    }

    /// Reads until the program has ended; how it did, or nil after ten seconds.
    func waitForEnd() -> CInt? {
        _ = waitUntil {
            var code: CInt = 0
            if status == nil, waitpid(process, &code, WNOHANG) == process { status = code }
            return status != nil
        }
        while readSome() {}
        return status
    }

    /// - Returns: whether there was something.
    @discardableResult
    private func readSome() -> Bool {
        var ready = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, 20) > 0, ready.revents & Int16(POLLIN) != 0 else { return false }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(master, &buffer, buffer.count)
        guard count > 0 else { return false }
        output += buffer[..<count]
        return true
    }

    private static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec
    }

    private static func modes(of descriptor: CInt) -> termios {
        var modes = termios()
        tcgetattr(descriptor, &modes)
        return modes
    }

    private static func setSize(of descriptor: CInt, _ columns: Int, _ rows: Int) {
        var size = winsize(
            ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(descriptor, UInt(TIOCSWINSZ), &size)
    }
}

extension PseudoTerminal {
    /// The program with a terminal that these tests start, built beside them.
    static let host: String = {
        var path = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &path, path.count - 1)
        let bytes = path.prefix(max(0, length)).map { UInt8(bitPattern: $0) }
        let text = String(decoding: bytes, as: UTF8.self)
        return String(text[..<(text.lastIndex(of: "/") ?? text.startIndex)]) + "/terminal-host"
    }()
}

extension termios {
    /// Flags and the characters that a person presses, in words that a failed test can show.
    var summary: String {
        "i\(c_iflag) o\(c_oflag) c\(c_cflag) l\(c_lflag) intr\(c_cc.0) eof\(c_cc.4) min\(c_cc.6)"
    }
}

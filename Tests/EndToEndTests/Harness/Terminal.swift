import Glibc
import Synchronization

/// A program in a terminal of its own: a tmux server that nobody is attached to.
struct Terminal {
    struct Size: Sendable {
        var columns: Int
        var rows: Int

        static let usual = Size(columns: 80, rows: 24)
    }

    /// How the program ended.
    enum End: Hashable {
        case exited(Int)
        case signalled(Int)
    }

    private let socket: String
    /// The first process of the terminal: the program, since `env` becomes it.
    let processID: pid_t

    private static let count = Atomic(0)

    /// Starts a program, hands its terminal to `body`, and ends both whatever happens.
    ///
    /// - Parameter recording: A file that receives every byte the program writes.
    @discardableResult
    static func run<Result>(
        _ program: Program, size: Size = .usual, recording: String? = nil,
        _ body: (Terminal) async throws -> Result
    ) async throws -> Result {
        let number = count.wrappingAdd(1, ordering: .relaxed).newValue
        let socket = "dxtop-test-\(getpid())-\(number)"
        do {
            let terminal = try await start(program, size: size, recording: recording, on: socket)
            let result = try await body(terminal)
            await killServer(socket)
            return result
        } catch {
            await killServer(socket)
            throw error
        }
    }

    private static func start(
        _ program: Program, size: Size, recording: String?, on socket: String
    ) async throws -> Terminal {
        var program = program
        // Colours and UTF-8 unless the test says otherwise; nothing of whoever runs the tests.
        let usual = ["TERM": "screen-256color", "LC_ALL": "C.UTF-8", "NO_COLOR": nil]
        program.environment.merge(usual) { own, _ in own }
        // What is set must be set before the first session; a single run of tmux keeps the order.
        var words = [
            "start-server", ";", "set-option", "-g", "remain-on-exit", "on", ";", "set-option",
            "-g", "status", "off", ";", "new-session", "-d", "-x", "\(size.columns)", "-y",
            "\(size.rows)", "--",
        ]
        words += program.viaEnv
        if let recording { words += [";", "pipe-pane", "-O", "cat > \(recording)"] }
        words += [";", "display-message", "-p", "#{pane_pid}"]
        let answer = try await tmux(on: socket, words)
        guard let processID = pid_t(answer.filter(\.isNumber)) else {
            throw TerminalError(description: "tmux did not start: \(answer)")
        }
        return Terminal(socket: socket, processID: processID)
    }

    /// Sends keys by tmux's names (`Enter`, `Escape`, `C-c`, `j`).
    func send(_ keys: String...) async throws {
        try await tmux(["send-keys"] + keys)
    }

    /// Types text as it stands.
    func type(_ text: String) async throws {
        try await tmux(["send-keys", "-l", text])
    }

    func resize(to size: Size) async throws {
        try await tmux(["resize-window", "-x", "\(size.columns)", "-y", "\(size.rows)"])
    }

    func capture(escapes: Bool = false) async throws -> Screen {
        Screen(captured: try await tmux(["capture-pane", "-p"] + (escapes ? ["-e"] : [])))
    }

    /// How the program ended; nil while it runs.
    var end: End? {
        get async throws {
            let answer = try await tmux([
                "display-message", "-p",
                "#{pid} #{pane_dead} #{pane_dead_status} #{pane_dead_signal}",
            ])
            let fields = answer.split(separator: " ", omittingEmptySubsequences: false)
                .map { Int($0.filter(\.isNumber)) }
            guard fields.count == 4, let server = fields[0], fields[1] == 1 else { return nil }
            if let signal = fields[3] { return .signalled(signal) }
            if let code = fields[2] { return .exited(code) }
            // The terminal is closed but the process not reaped. tmux misses the signal of a child
            // that ends while it starts up; another one makes it look.
            kill(pid_t(server), SIGCHLD)
            return nil
        }
    }

    /// Polls the screen until it is as wanted; on failure the error shows the last one.
    @discardableResult
    func wait(
        for purpose: String, deadline: Duration = .seconds(20), escapes: Bool = false,
        until condition: (Screen) -> Bool
    ) async throws -> Screen {
        let last = ContinuousClock.now.advanced(by: deadline)
        while true {
            let screen = try await capture(escapes: escapes)
            if condition(screen) { return screen }
            guard ContinuousClock.now < last else {
                let end = try await end.map { "\nit ended: \($0)" } ?? ""
                throw DeadlineMissed(
                    description: "waited \(deadline) for \(purpose); the screen:\n\(screen)\(end)")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Polls until the program has ended.
    @discardableResult
    func waitForEnd(deadline: Duration = .seconds(20)) async throws -> End {
        let last = ContinuousClock.now.advanced(by: deadline)
        while true {
            if let end = try await end { return end }
            guard ContinuousClock.now < last else {
                let screen = try await capture()
                throw DeadlineMissed(
                    description: "waited \(deadline) for the end; the screen:\n\(screen)")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Takes the terminal away, as a lost connection does.
    func hangUp() async {
        await Self.killServer(socket)
    }

    @discardableResult
    private func tmux(_ words: [String]) async throws -> String {
        try await Self.tmux(on: socket, words)
    }

    private static func tmux(on socket: String, _ words: [String]) async throws -> String {
        // -u: the terminal is UTF-8 whatever the locale of the tests; -f: nobody's own settings.
        let outcome = try await EndToEndTests.run(
            Program(
                path: "/usr/bin/tmux", arguments: ["-u", "-L", socket, "-f", "/dev/null"] + words))
        guard outcome.exitCode == 0 else {
            throw TerminalError(description: "tmux \(words): \(outcome)")
        }
        return outcome.output
    }

    private static func killServer(_ socket: String) async {
        // In a task of its own: it has to run when the test's task is cancelled, too.
        await Task { _ = try? await tmux(on: socket, ["kill-server"]) }.value
    }
}

/// tmux itself failed.
struct TerminalError: Error, CustomStringConvertible {
    let description: String
}

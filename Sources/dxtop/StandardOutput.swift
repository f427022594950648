import Glibc

/// Standard output for text. Ends the process quietly when nobody reads any more, as
/// `dxtop watch threads | head` has it.
struct StandardOutput {
    /// Columns of the terminal; of a pipe, wide enough for a command line.
    let width: Int

    init() {
        // By default the signal would end us, but a parent may have us ignore it.
        signal(SIGPIPE, SIG_IGN)
        var size = winsize()
        let isTerminal = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        width = isTerminal ? Int(size.ws_col) : 240
    }

    func print(_ lines: [String]) {
        for line in lines { print(line) }
    }

    func print(_ line: String) { write(Array((line + "\n").utf8)) }

    func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { giveUp(errno) }
            rest = rest.dropFirst(count)
        }
    }

    private func giveUp(_ number: Int32) -> Never {
        guard number != EPIPE else { exit(0) }
        let message = "dxtop: cannot write: \(String(cString: strerror(number)))\n"
        _ = message.withCString { Glibc.write(STDERR_FILENO, $0, strlen($0)) }
        exit(1)
    }
}

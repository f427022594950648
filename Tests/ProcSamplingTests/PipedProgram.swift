import Glibc
import Testing

/// A program that was started with a pipe for its input or its output. Who starts it waits for it
/// and closes the pipe.
struct PipedProgram {
    enum Stream {
        case input, output
    }

    let pid: pid_t
    /// Our end of the pipe.
    let pipe: Int32

    /// - Parameter words: the program, looked for in PATH, and its arguments.
    init(_ words: [String], piping stream: Stream) throws {
        var ends: [Int32] = [0, 0]
        try #require(Glibc.pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let (theirs, ours) = stream == .input ? (ends[0], ends[1]) : (ends[1], ends[0])
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, theirs, stream == .input ? 0 : 1)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { arguments.forEach { free($0) } }
        var pid = pid_t()
        let result = posix_spawnp(&pid, words[0], &actions, nil, arguments, environ)
        close(theirs)
        if result != 0 { close(ours) }
        try #require(result == 0, "\(words.joined(separator: " ")) does not start")
        self.pid = pid
        pipe = ours
    }
}

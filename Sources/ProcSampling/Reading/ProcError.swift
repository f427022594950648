public import ProcFormats

/// Why something under /proc could not be had.
public enum ProcError: Error, Hashable, Codable, Sendable {
    /// The task ended (ENOENT, ESRCH, an empty file of a zombie): normal, never shown as an error.
    case vanished(path: String)
    /// No right to read it (EACCES, EPERM).
    case denied(path: String)
    /// This kernel does not have the file.
    case absent(path: String)
    /// It read but did not parse: a bug of ours, kept and counted.
    case malformed(path: String, ParseError)
    /// Any other failure, by errno.
    case failed(path: String, errno: Int32)
}

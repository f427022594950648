import Glibc

/// Descriptors 0, 1 and 2, which a parent may have closed.
enum StandardDescriptors {
    /// Puts `/dev/null` where one is closed, so that no file that is opened later takes its number. It
    /// is opened the other way round: reading from descriptor 0, or writing to 1 or 2, still fails
    /// with EBADF.
    static func fill() {
        for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
            // The lowest number that is free is this one.
            _ = open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}

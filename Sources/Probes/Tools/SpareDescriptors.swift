import Glibc

/// What it takes to start a program. Where they cannot have theirs, the threads of Swift's tasks end
/// ours, and so does Subprocess, whose other pipes are still open: so we look first.
enum SpareDescriptors {
    /// Twice what one start takes: others start programs and read files at the same time.
    private static let needed = 40

    /// Whether there are enough.
    static var suffice: Bool {
        var taken: [Int32] = []
        defer { for descriptor in taken { close(descriptor) } }
        for _ in 0..<needed {
            let descriptor = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { return false }
            taken.append(descriptor)
        }
        return true
    }
}

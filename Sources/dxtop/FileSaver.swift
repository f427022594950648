import Glibc
import Probes
import ProcSampling
import Synchronization

/// Writes files on threads of their own: a disk that does not answer must not hold up the keys.
final class FileSaver: Sendable {
    /// Says how it went, in a sentence. Called on another thread.
    private let report: @Sendable (_ message: String, _ failed: Bool) -> Void
    private let pending = Mutex(0)

    init(report: @escaping @Sendable (_ message: String, _ failed: Bool) -> Void) {
        self.report = report
    }

    /// Returns at once.
    func save(_ contents: [UInt8], to path: String) { save(to: path) { contents } }

    /// The same for a profile, whose file is made there, too: it may take a while.
    func save(_ profile: Profile, title: String, to path: String) {
        save(to: path) {
            try ProfileFile.contents(
                of: profile, title: title, format: ProfileFile.Format(path: path))
        }
    }

    private func save(to path: String, _ contents: @escaping @Sendable () throws -> [UInt8]) {
        pending.withLock { $0 += 1 }
        let isStarted = DetachedThread.start(name: "dxtop:saver", stackSize: 512 * 1024) { [self] in
            do {
                try OutputFile.save(try contents(), to: path)
                finished("saved \(path)", failed: false)
            } catch {
                finished("\(error)", failed: true)
            }
        }
        if !isStarted { finished("the system has no thread to save \(path)", failed: true) }
    }

    private func finished(_ message: String, failed: Bool) {
        report(message, failed)
        pending.withLock { $0 -= 1 }
    }

    /// Waits for what is being written, `patience` at most. For the way out of the program.
    func finish(patience: Duration) {
        let deadline = ContinuousClock.now + patience
        while pending.withLock({ $0 > 0 }), ContinuousClock.now < deadline { usleep(2000) }
    }
}

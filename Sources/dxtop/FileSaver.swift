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

    /// The same for what a probe found, as the kind of file that the ending of the name says. The
    /// file is made there, too: that may take a while.
    func save(
        _ reading: any ProbeReading, of kind: ProbeKind, about subject: String, to path: String
    ) {
        save(to: path) {
            try kind.contents(of: kind.file(at: path), from: reading, about: subject)
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

import ProcFormats
import ProcReading
import Samples
import Units

/// The word of memory that a thread sleeps on, and who else has to do with it.
extension FutexWait {
    /// "0x7f3a40, with 3 other threads of this process: T4131 rdk:broker1, ..., held by T4127 main"
    ///
    /// - Parameters:
    ///   - files: of the thread that waits.
    ///   - holders: of the locks of its process.
    func text(_ files: TaskHandle, _ holders: LockHolders) -> String {
        var parts = ["0x" + String(address, radix: 16)]
        let others = TaskHandle(files.process).threads.filter {
            $0 != files.thread && isWait(of: $0, in: files.process)
        }
        if others.isEmpty {
            parts.append("no other thread of this process")
        } else {
            let names = others.prefix(Self.mostNames).map { Self.name($0, of: files.process) }
            parts.append(
                "with \(others.count) other thread\(others.count == 1 ? "" : "s") of this process: "
                    + names.joined(separator: ", ")
                    + (others.count > names.count ? ", ..." : ""))
        }
        if isShared { parts.append("other processes may wait on it, too") }
        let holder =
            isLock || isPerhapsLock
            ? holders.holder(at: address, isPerhapsLock: isPerhapsLock, isShared: isShared) : nil
        if let holder {
            let isItself = holder == files.thread
            let name = isItself ? "this very thread" : Self.name(holder, of: files.process)
            parts.append("held by \(name)")
        }
        return parts.joined(separator: ", ")
    }

    private static let mostNames = 4

    private func isWait(of thread: ThreadID, in process: ProcessID) -> Bool {
        guard let syscall = try? TaskHandle(thread, of: process).syscall() else { return false }
        return FutexWait(syscall)?.address == address
    }

    private static func name(_ thread: ThreadID, of process: ProcessID) -> String {
        let name = TaskHandle(thread, of: process).listed?.name ?? ""
        return "T\(thread) \(name)"
    }
}

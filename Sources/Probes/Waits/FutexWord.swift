import ProcFormats
import ProcReading
import Samples
import Units

/// The word of memory that a thread sleeps on, and who else has to do with it; `futex(2)`.
struct FutexWord: Hashable {
    var address: UInt64
    /// Only threads of this process can wait on it: FUTEX_PRIVATE_FLAG.
    var isPrivate: Bool
    /// The kernel keeps its owner's number in it: FUTEX_LOCK_PI.
    var hasOwner: Bool
    /// It sleeps as long as the word is this.
    var value: UInt32

    static let calls: Set<String> = ["futex", "futex_wait"]

    /// Nil for a thread in another call.
    init?(_ syscall: TaskSyscall) {
        guard let call = syscall.call, Self.calls.contains(call),
            case .blocked(_, let arguments) = syscall.record, arguments.count >= 4
        else { return nil }
        address = arguments[0]
        let isNew = call == "futex_wait"
        // The older call has its operation first; linux/futex.h.
        let flags = isNew ? arguments[3] : arguments[1]
        isPrivate = flags & 128 != 0
        hasOwner = !isNew && [6, 13].contains(flags & 0x7F)
        value = UInt32(truncatingIfNeeded: isNew ? arguments[1] : arguments[2])
    }

    /// "0x7f3a40, with 36 other threads of this process: T4131 rdk:broker1, ...; held by T4127 main"
    func text(_ files: TaskHandle) -> String {
        var parts = ["0x" + String(address, radix: 16)]
        let threads = TaskHandle(files.process).threads
        let others = threads.filter { $0 != files.thread && isWaiting($0, of: files.process) }
        if others.isEmpty {
            parts.append("no other thread of this process")
        } else {
            let names = others.prefix(Self.mostNames).map { Self.name($0, of: files.process) }
            parts.append(
                "with \(others.count) other thread\(others.count == 1 ? "" : "s") of this process: "
                    + names.joined(separator: ", ")
                    + (others.count > names.count ? ", ..." : ""))
        }
        if !isPrivate { parts.append("other processes may wait on it, too") }
        if let owner = owner(among: threads, files) {
            parts.append("held by \(Self.name(owner, of: files.process))")
        }
        return parts.joined(separator: ", ")
    }

    private static let mostNames = 4

    private func isWaiting(_ thread: ThreadID, of process: ProcessID) -> Bool {
        guard let syscall = try? TaskHandle(thread, of: process).syscall() else { return false }
        return FutexWord(syscall)?.address == address
    }

    private static func name(_ thread: ThreadID, of process: ProcessID) -> String {
        let name = TaskHandle(thread, of: process).listed?.name ?? ""
        return "T\(thread) \(name)"
    }

    // MARK: - Who holds it

    /// Of a lock that keeps its owner; nil where that is not known.
    private func owner(among threads: [ThreadID], _ files: TaskHandle) -> ThreadID? {
        let contended: UInt32 = 2
        guard hasOwner || value == contended else { return nil }
        guard let number = LockWord(at: address, in: ProcessMemory(of: files.entry))?.holder else {
            return nil
        }
        return threads.first {
            $0 != files.thread && TaskHandle($0, of: files.process).innermostNumber == number
        }
    }
}

internal import ProcFormats
internal import Units

/// Tells which thread of a process holds a lock. To read them stops nobody, and asks for the same rights
/// as `ptrace(2)`.
final class LockHolders {
    private let process: ProcessID
    /// Opened for the first lock; by the thread, for the first one of the process may have ended.
    private lazy var memory = ProcessMemory(of: entry)
    private let entry: ProcessID
    /// Threads by their number in their own pid namespace: to find one there takes a file of each.
    private var threads: [Int32: ThreadID?] = [:]

    /// - Parameter thread: one of the process, by which its memory is read.
    init(in process: ProcessID, by thread: ThreadID) {
        self.process = process
        entry = ProcessID(thread.rawValue)
    }

    /// Nil for a lock that does not tell, and where it may not be read.
    func holder(of wait: FutexWait) -> ThreadID? {
        guard let number = LockWord(at: wait.address, in: memory)?.holder else { return nil }
        if let known = threads[number] { return known }
        let thread = thread(numbered: number)
        threads[number] = .some(thread)
        return thread
    }

    private func thread(numbered number: Int32) -> ThreadID? {
        func isIt(_ thread: ThreadID) -> Bool {
            TaskHandle(thread, of: process).innermostNumber == number
        }
        let same = ThreadID(number)
        return isIt(same) ? same : TaskHandle(process).threads.first(where: isIt)
    }
}

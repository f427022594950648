package import Units

/// Tells which thread of a process holds a lock, where the lock itself tells: mutexes of glibc,
/// also robust ones, and locks that lend their priority. To read them stops nobody, and asks for
/// the same rights as `ptrace(2)`.
package final class LockHolders {
    private let task: TaskHandle
    /// Opened for the first lock; by the thread, for the first one of the process may have ended.
    private lazy var memory = ProcessMemory(of: task.entry)
    /// By their number in their own pid namespace: to find one there takes a file of each.
    private var threads: [Int32: ThreadID?] = [:]

    /// - Parameter task: the process or, better, a thread of it that is known to be there: by it
    ///   the memory is read.
    package init(_ task: TaskHandle) { self.task = task }

    /// Nil for a lock that does not tell, and where it may not be read.
    ///
    /// - Parameter address: of the word that threads wait for, as they do for a lock: any other may
    ///   look as if it told.
    package func holder(at address: UInt64) -> ThreadID? {
        guard let number = LockWord(at: address, in: memory)?.holder else { return nil }
        if let known = threads[number] { return known }
        let thread = thread(numbered: number)
        threads[number] = .some(thread)
        return thread
    }

    private func thread(numbered number: Int32) -> ThreadID? {
        func isIt(_ thread: ThreadID) -> Bool {
            TaskHandle(thread, of: task.process).innermostNumber == number
        }
        let same = ThreadID(number)
        return isIt(same) ? same : TaskHandle(task.process).threads.first(where: isIt)
    }
}

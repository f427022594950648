package import Units

/// Tells which thread holds a lock, where the lock itself tells: mutexes of glibc, also robust ones,
/// read-write locks that are held for writing, and locks that lend their priority. To read them stops
/// nobody, and asks for the same rights as `ptrace(2)`.
package final class LockHolders {
    private let task: TaskHandle
    /// Opened for the first lock; by the thread, for the first one of the process may have ended.
    private lazy var memory = ProcessMemory(of: task.entry)
    /// By their number in their own pid namespace: to find one there takes a file of each.
    private var threads: [Int32: ThreadID?] = [:]
    /// Of other processes, those that were found.
    private var others: [Int32: ThreadID] = [:]
    /// The process goes by the same numbers as we do: others may be found by theirs.
    private lazy var isInOurNamespace = TaskHandle(task.process).hasOurNumber

    /// - Parameter task: the process or, better, a thread of it that is known to be there: by it
    ///   the memory is read.
    package init(_ task: TaskHandle) { self.task = task }

    /// Nil for a lock that does not tell, and where it may not be read.
    ///
    /// - Parameters:
    ///   - address: of the word that threads wait for, as they do for a lock: any other may look as if
    ///     it told.
    ///   - isPerhapsLock: they wait as for a read-write lock; see `FutexWait`.
    ///   - isShared: a thread of another process may hold it.
    package func holder(
        at address: UInt64, isPerhapsLock: Bool = false, isShared: Bool = false
    ) -> ThreadID? {
        let word = LockWord(at: address, isPerhapsLock: isPerhapsLock, in: memory)
        guard let number = word?.holder else { return nil }
        let own = threads[number] ?? thread(numbered: number)
        threads[number] = .some(own)
        return own ?? (isShared ? other(number) : nil)
    }

    private func thread(numbered number: Int32) -> ThreadID? {
        func isIt(_ thread: ThreadID) -> Bool {
            TaskHandle(thread, of: task.process).innermostNumber == number
        }
        let same = ThreadID(number)
        return isIt(same) ? same : TaskHandle(task.process).threads.first(where: isIt)
    }

    /// A thread of another process.
    private func other(_ number: Int32) -> ThreadID? {
        if let known = others[number] { return known }
        // Each thread's number has a folder.
        guard isInOurNamespace, TaskHandle(ProcessID(number)).hasOurNumber else { return nil }
        others[number] = ThreadID(number)
        return ThreadID(number)
    }
}

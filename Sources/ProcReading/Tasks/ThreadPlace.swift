package import ProcFormats
package import Units

/// Where a thread is: what its `syscall` says, and its `wchan` where that says nothing.
package enum ThreadPlace: Hashable, Sendable {
    /// On a CPU, or waiting for one.
    case running
    /// Asleep in this system call of the kernel's own ABI, with its arguments.
    case systemCall(Int32, [UInt64])
    /// Asleep elsewhere, in this function of the kernel; nil where that is not told.
    case kernel(String?)
    /// Neither file may be read.
    case denied
}

extension ProcReader {
    /// `syscall`. Needs the right to trace the thread, and waits for an execve(2) of its process to end.
    package func syscall(of thread: ThreadID, in process: ProcessID) throws(ProcError)
        -> TaskSyscall
    {
        try read(.thread(process, thread, "syscall")) { bytes throws(ParseError) in
            try TaskSyscall(parsing: bytes)
        }
    }

    /// `wchan`: the function of the kernel that it waits in; nil while it runs, and without the right to
    /// read it.
    package func waitChannel(of thread: ThreadID, in process: ProcessID) -> String? {
        let channel = try? read(.thread(process, thread, "wchan"), mayBeEmpty: true) {
            bytes throws(ParseError) in WaitChannel(parsing: bytes)
        }
        return channel?.function
    }

    /// Where a thread is that `stat` does not call runnable: `syscall` says "running" of every one that is.
    /// Nil when it is gone.
    ///
    /// - Parameters:
    ///   - isCallDenied: `syscall` was refused of its process, and is not asked again.
    ///   - syscall: reads it.
    package func place(
        of thread: ThreadID, in process: ProcessID, isCallDenied: inout Bool,
        _ syscall: () throws(ProcError) -> TaskSyscall
    ) -> ThreadPlace? {
        if !isCallDenied {
            do throws(ProcError) {
                return place(of: thread, in: process, try syscall())
            } catch .denied {
                isCallDenied = true
            } catch {
                return nil
            }
        }
        return waitChannel(of: thread, in: process).map(ThreadPlace.kernel) ?? .denied
    }

    /// Where it is by what its `syscall` said.
    package func place(
        of thread: ThreadID, in process: ProcessID, _ syscall: TaskSyscall
    ) -> ThreadPlace {
        switch syscall.record {
        case .running: .running
        case .blocked(let number, let arguments) where syscall.isNative:
            .systemCall(number, arguments)
        case .blocked, .outside: .kernel(waitChannel(of: thread, in: process))
        }
    }
}

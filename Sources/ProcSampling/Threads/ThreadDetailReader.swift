internal import ProcFormats
internal import Units

/// Reads everything there is about one thread. None of these files can block.
struct ThreadDetailReader {
    let reader: ProcReader

    /// Nil when the thread is gone, or is another one by now.
    func read(_ thread: ThreadIdentity, of owner: ProcessSample) -> ThreadDetail? {
        let tid = thread.tid
        let process = owner.id.pid
        guard
            let stat = try? reader.read(
                .thread(process, tid, "stat"), as: TaskStat.self),
            stat.startTime == thread.startTime
        else { return nil }

        var isNative = true
        let systemCall = result(of: tid, in: process) { () throws(ProcError) -> SystemCallRecord in
            let syscall = try reader.syscall(of: tid, in: process)
            isNative = syscall.isNative
            return syscall.record
        }
        let stack = result(of: tid, in: process) { () throws(ProcError) -> [String] in
            // A thread in user mode has none: the file is empty.
            try reader.read(
                .thread(process, tid, "stack"), mayBeEmpty: true, as: KernelStack.self
            ).functions
        }
        let io = result(of: tid, in: process) { () throws(ProcError) -> TaskIO in
            try reader.read(.thread(process, tid, "io"), as: TaskIO.self)
        }
        var detail = ThreadDetail(
            id: thread, process: process, stat: stat, systemCall: systemCall, kernelStack: stack,
            io: io)
        if case .success(.blocked(let number, let arguments)) = systemCall, isNative {
            detail.systemCallName = SystemCallTable.name(of: number)
            detail.systemCallFile = file(
                of: detail.systemCallName, arguments, thread: tid, in: process)
        }
        addStatus(to: &detail)
        detail.waitChannel = reader.waitChannel(of: tid, in: process)
        detail.cgroup = owner.cgroup
        return detail
    }

    private func addStatus(to detail: inout ThreadDetail) {
        let status = try? reader.read(
            .thread(detail.process, detail.id.tid, "status"), as: TaskStatus.self)
        detail.voluntarySwitchesTotal = status?.voluntarySwitches
        detail.involuntarySwitchesTotal = status?.involuntarySwitches
        detail.allowedCPUs = status?.allowedCPUs
        detail.tracer = status?.tracer
    }

    /// What the descriptor in the first argument stands for. Only the link is read, its target is
    /// not opened: that could block.
    private func file(
        of name: String?, _ arguments: [UInt64], thread: ThreadID, in process: ProcessID
    ) -> String? {
        guard let name, SystemCallTable.takesDescriptorFirst(name), let first = arguments.first
        else {
            return nil
        }
        let descriptor = Int32(truncatingIfNeeded: first)
        guard descriptor >= 0 else { return nil }
        return reader.root.link(.descriptor(process, thread, descriptor))
    }

    /// Where a file is missing of a thread that is still there, this kernel does not have it.
    private func result<Value>(
        of thread: ThreadID, in process: ProcessID, _ read: () throws(ProcError) -> Value
    ) -> Result<Value, ProcError> {
        do throws(ProcError) {
            return .success(try read())
        } catch .vanished(let path)
            where reader.root.status(of: .thread(process, thread, "stat")) != nil
        {
            return .failure(.absent(path: path))
        } catch {
            return .failure(error)
        }
    }
}

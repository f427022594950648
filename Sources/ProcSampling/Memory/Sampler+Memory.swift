internal import ProcFormats
internal import Units

extension Sampler {
    /// Reads the parts of a process's memory if the plan says so. `stat` was just read.
    func readParts(
        of process: TrackedProcess, resident: PageCount, hasRun: Bool, plan: SamplingPlan
    ) {
        guard !process.sample.isKernelThread else { return }
        let facts = SamplingPlan.MemoryFacts(
            hasRun: hasRun, resident: resident, residentThen: process.residentAtStatus,
            age: clock.now.since(process.statusReadAt), pageSize: machine.units.pageSize)
        if plan.readsParts(of: facts) { readStatus(process) }
    }

    func readStatus(_ process: TrackedProcess) {
        if let status = status(of: process) { take(status, of: process) }
    }

    /// Reads the parts of a process that came into view without them: once a refresh, since a
    /// zombie has none.
    func readMissingParts(of process: TrackedProcess) {
        guard process.sample.memory == nil, !process.sample.isKernelThread,
            process.statusTriedFor != sequence, let status = status(of: process)
        else { return }
        // Nothing was read of it since the refresh: its number may be another process's.
        var name = ""
        let stat = try? source.stat(
            of: ThreadID(process.pid.rawValue), in: process.pid, updating: &name)
        guard stat?.startTime == process.sample.id.startTime else { return }
        take(status, of: process)
    }

    private func status(of process: TrackedProcess) -> TaskStatus? {
        process.statusTriedFor = sequence
        return try? reader.read(file("status", of: process), as: TaskStatus.self)
    }

    private func take(_ status: TaskStatus, of process: TrackedProcess) {
        process.sample.user = status.effectiveUser
        process.residentAtStatus = process.residentAtStat
        process.statusReadAt = clock.now
        guard let resident = status.residentMemory else {
            process.sample.memory = nil
            return
        }
        // Of the same read as its parts, so that they add up.
        process.sample.residentMemory = resident
        process.sample.memory = MemoryUse(
            anonymous: status.anonymousMemory ?? anonymousMemory(of: process),
            file: status.fileMemory, shared: status.sharedMemory, swap: status.swap,
            peak: status.peakResidentMemory, addressSpace: status.addressSpace)
    }

    /// Before 4.5, `status` does not have it.
    private func anonymousMemory(of process: TrackedProcess) -> ByteCount? {
        let pages = try? reader.read(file("statm", of: process), as: MemoryPages.self)
        return pages?.anonymous.map(machine.bytes)
    }

    /// Where the process's addresses end, and how many files it may open. `stackStart` is of its
    /// `stat`.
    func readLimits(_ process: TrackedProcess, stackStart: UInt64) {
        guard !process.sample.isKernelThread,
            let limits = try? reader.read(
                file("limits", of: process), as: ResourceLimits.self)
        else { return }
        process.sample.openFilesLimit = limits.openFiles
        let is32Bit = UserStack.is32Bit(stackStart)
        process.sample.addressSpaceLimit =
            is32Bit ? min(limits.addressSpace ?? Self.end32Bit, Self.end32Bit) : limits.addressSpace
    }

    private static let end32Bit = ByteCount(1 << 32)

    /// Reads the control groups of all processes, as far as the plan says so.
    func refreshGroups(plan: SamplingPlan, hasKill: Bool) {
        refreshCPUGroups()
        guard let groupReader else { return }
        var members: Set<String> = []
        var shown: Set<String> = []
        let selected = plan.interest.selectedThread
        for process in processes {
            guard let path = process.sample.memoryGroup else { continue }
            members.insert(path)
            let isShown =
                plan.interest.shownProcesses.contains(process.sample.id)
                || plan.interest.mappings?.process == process.sample.id
                || (selected != nil && process.sample.threads.contains { $0.id == selected })
            if isShown { shown.insert(path) }
        }
        groupReader.refresh(
            members: members, shown: shown, plan: plan, hasKill: hasKill, at: clock.now)
    }

    /// Reads the quotas of groups in which something ran: while nothing does, nothing is held back.
    private func refreshCPUGroups() {
        guard let cpuGroupReader else { return }
        var running: Set<String> = []
        for process in processes {
            guard let path = process.sample.cpuGroup, process.sample.cpu ?? .zero > .zero else {
                continue
            }
            running.insert(path)
        }
        cpuGroupReader.refresh(running: running, at: clock.now)
    }
}

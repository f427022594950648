internal import Glibc
internal import Units

/// What a process may run out of: descriptors, tasks.
extension Sampler {
    /// The number of open descriptors.
    func readOpenFiles(_ process: TrackedProcess) {
        guard !process.sample.isKernelThread else { return }
        process.openFilesReadAt = clock.now
        let folder = file("fd", of: process)
        if tellsOpenFiles {
            process.sample.openFiles = reader.root.status(of: folder).map { Int($0.st_size) }
        } else {
            process.sample.openFiles = try? reader.count(
                folder, atMost: SamplingPlan.mostCountedFiles)
        }
    }

    /// Chooses one process of each control group that has many tasks, to ask for the group's limit.
    func chooseSpeakers() {
        var tasks: [String: Int] = [:]
        for process in processes {
            process.speaksForGroup = false
            guard let group = process.taskGroup, group != "/" else { continue }
            tasks[group, default: 0] += process.sample.threadCount
        }
        tasks = tasks.filter { $0.value >= SamplingPlan.manyTasks }
        for process in processes where !tasks.isEmpty {
            guard let group = process.taskGroup, tasks.removeValue(forKey: group) != nil else {
                continue
            }
            process.speaksForGroup = true
        }
    }

    /// The limit on tasks that leaves the process least room.
    func readTaskLimit(_ process: TrackedProcess) {
        process.taskLimitReadAt = clock.now
        process.sample.taskLimit = process.taskGroup.flatMap {
            taskGroups?.taskLimit(of: $0, groupFiles)
        }
    }

    /// Whether it has sockets, by its first descriptors. Its standard streams do not count: a service
    /// manager, or ssh, may have made those.
    func readSockets(_ process: TrackedProcess) {
        process.socketsReadAt = clock.now
        guard let walk = try? DescriptorWalk(process.pid, in: reader.root) else {
            return process.sample.hasSockets = nil
        }
        var rest = SamplingPlan.mostSearchedFiles / DescriptorWalk.step
        _ = walk.advance {
            rest -= 1
            return rest <= 0
        }
        let streams = walk.sockets.filter { $0.descriptor <= STDERR_FILENO }.map(\.inode)
        process.sample.hasSockets = walk.sockets.contains { !streams.contains($0.inode) }
    }
}

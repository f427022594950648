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

    /// Whether it talks over sockets: it waits for some in an event loop, or has several. Its standard
    /// streams do not count, since a service manager, or ssh, may have made those; nor does a single one,
    /// which a program has that logs or asks for a name.
    func readSockets(_ process: TrackedProcess) {
        process.socketsReadAt = clock.now
        let many = SamplingPlan.mostSearchedFiles
        guard process.sample.openFiles ?? 0 <= many,
            let walk = try? DescriptorWalk(process.pid, in: reader.root)
        else { return process.sample.talksOverSockets = nil }
        var rest = many / DescriptorWalk.step
        let isWhole = walk.advance {
            rest -= 1
            return rest <= 0
        }
        let streams = walk.sockets.filter { $0.descriptor <= STDERR_FILENO }.map(\.inode)
        let own = Set(walk.sockets.map(\.inode)).subtracting(streams)
        let talks = own.count > 1 || (!own.isEmpty && !walk.epolls.isEmpty)
        process.sample.talksOverSockets = talks ? true : isWhole ? false : nil
    }
}

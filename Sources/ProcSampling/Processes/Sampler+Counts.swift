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

    /// The limit on tasks that leaves the process least room.
    func readTaskLimit(_ process: TrackedProcess) {
        process.taskLimitReadAt = clock.now
        process.sample.taskLimit = process.taskGroup.flatMap {
            taskGroups?.taskLimit(of: $0, groupFiles)
        }
    }
}

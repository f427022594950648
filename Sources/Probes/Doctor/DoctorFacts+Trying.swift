import CLinux
import Glibc
import ProcFormats
package import ProcReading
package import Samples
import SystemPackage
import Units

extension DoctorFacts {
    /// This machine, now. Harms nobody: what is tried is tried on ourselves, or on a child of ours.
    package static func current(
        _ root: ProcRoot, _ snapshot: Snapshot, terminal: TerminalFacts
    ) -> DoctorFacts {
        var facts = DoctorFacts(
            environment: .current(), terminal: terminal, sampled: Sampled(snapshot))
        facts.spareDescriptors = opening(ProcPath.own("comm"))
        facts.mounts = opening(ProcPath.own("mountinfo"))
        let mounts = (try? smallFile(ProcPath.own("mountinfo"), atMost: 4 << 20)) ?? []
        facts.isInContainer = PIDNamespace.isFirst == false
        facts.tree = TreeFacts(root, snapshot)
        facts.groups = groups(mounts)
        facts.threadFiles = threadFiles(snapshot, facts.environment)
        facts.kernelStack = opening(ProcPath.own("stack"))
        facts.userEvents = event { $0.excludesKernel = true }
        facts.kernelEvents = event()
        facts.hostEvents = event(cpu: 0)
        facts.tracepoints = tracepoints()
        facts.tracing = tracing(facts.environment)
        facts.kernelSymbols = opening(ProcPath.host("kallsyms"))
        facts.hasKernelAddresses = hasKernelAddresses()
        facts.pressure = opening(ProcPath.host("pressure/cpu"))
        facts.virtualMemory = opening(ProcPath.host("vmstat"))
        facts.memoryFile = opening(ProcPath.host("meminfo"))
        facts.schedule = opening(ProcPath.own("schedstat"))
        facts.mappedFiles = mappedFiles()
        facts.lockedMemory = Attempt { () throws(Errno) in
            guard clinux_lock_memory() else { throw Errno.current }
        }
        facts.kernelLog = Attempt { () throws(Errno) in
            let log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC)
            guard log >= 0 else { throw Errno.current }
            close(log)
        }
        return facts
    }

    private static func opening(_ path: String) -> Attempt {
        Attempt { () throws(Errno) in _ = try smallFile(path) }
    }

    /// Of processes of other users, else of ours. The first process may be out of reach for everybody:
    /// one that can be read says that it works.
    private static func threadFiles(
        _ snapshot: Snapshot, _ environment: ToolEnvironment
    ) -> Attempt {
        let others = snapshot.processes.filter {
            !$0.isKernelThread && $0.id.pid != environment.ownProcess
        }
        let foreign = others.filter { $0.user != environment.user }
        let attempts = (foreign.isEmpty ? others : foreign).prefix(64).map {
            opening(ProcPath.process($0.id.pid, "syscall"))
        }
        return attempts.contains(.works) || !attempts.contains(.denied) ? .works : .denied
    }

    private static func groups(_ bytes: [UInt8]) -> [Controller: Int] {
        let mounts = (try? CgroupMounts(parsing: bytes.span))?.mounts ?? []
        let hasUnified = mounts.contains(where: \.isUnified)
        return Controller.allCases.reduce(into: [:]) { versions, controller in
            let isOld = mounts.contains {
                !$0.isUnified && $0.options.contains(controller.rawValue)
            }
            versions[controller] = isOld ? 1 : hasUnified ? 2 : nil
        }
    }

    private static func event(
        cpu: Int32? = nil, _ change: (inout PerfRequest) -> Void = { _ in }
    ) -> Attempt {
        var request = PerfRequest(.cpuClock)
        change(&request)
        // Thread 0 is the one that asks.
        return Attempt { () throws(Errno) in
            _ = try PerfEvent(request, thread: cpu == nil ? ThreadID(0) : nil, cpu: cpu)
        }
    }

    /// By programs in the kernel, or by the tracepoints' numbers in tracefs, which may be read where
    /// an event of them may not be opened.
    private static func tracepoints() -> Attempt {
        if CountedCalls.isPossible { return .works }
        do throws(TracefsError) {
            let numbers = try Tracefs().tracepoints()
            return Attempt { () throws(Errno) in
                _ = try PerfEvent(
                    PerfRequest(.tracepoint(id: numbers.enter)), thread: ThreadID(0))
            }
        } catch {
            return switch error {
            case .notMounted, .notMountable: .absent
            case .denied: .denied
            case .failed(let error), .noEvents(let error): Attempt(error)
            }
        }
    }

    private static func hasKernelAddresses() -> Bool {
        let lines = ((try? smallFile(ProcPath.host("kallsyms"))) ?? []).split(
            separator: UInt8(ascii: "\n"))
        return lines.contains { $0.prefix(16).contains { $0 != UInt8(ascii: "0") } }
    }

    /// Through the link of a mapping a file is opened that was deleted, or is of another container.
    private static func mappedFiles() -> Attempt {
        let folder = ProcPath.own("map_files")
        guard let directory = opendir(folder) else { return Attempt(Errno.current) }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { return opening("\(folder)/\(name)") }
        }
        return .absent
    }

    /// Stops a child for a moment. Nil where there is no program to start.
    private static func tracing(_ environment: ToolEnvironment) -> Attempt? {
        guard let program = environment.path(of: "sleep") else { return nil }
        var child: pid_t = 0
        let isStarted = program.withCString { path in
            "60".withCString { seconds in
                var arguments = [
                    UnsafeMutablePointer(mutating: path), UnsafeMutablePointer(mutating: seconds),
                    nil,
                ]
                return posix_spawn(&child, path, nil, nil, &arguments, environ) == 0
            }
        }
        guard isStarted else { return nil }
        defer {
            kill(child, SIGKILL)
            waitpid(child, nil, 0)
        }
        do throws(ThreadStop.Failure) {
            // The machine may be busy, and nobody waits for this one.
            _ = try ThreadStop.take(of: ThreadID(child), patience: .seconds(2))
            return .works
        } catch {
            switch error {
            case .refused(let number): return Attempt(Errno(rawValue: number))
            case .ended, .unmoved: return .failed("a child process could not be stopped")
            }
        }
    }
}

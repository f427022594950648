package import ProcFormats
package import Samples

/// What was found out about this machine and our rights on it, for `DoctorReport`; read by trying,
/// or made up by a test.
package struct DoctorFacts: Sendable {
    package var environment: ToolEnvironment
    /// We are in another pid namespace than the machine's first.
    package var isInContainer = false
    /// What /proc holds; nil where that was not read.
    package var tree: TreeFacts?
    /// `syscall` of another user's process, or where there is none, of another one of ours.
    package var threadFiles = Attempt.works
    /// `stack`, of our own.
    package var kernelStack = Attempt.works
    /// cpu-clock: our own code, the kernel's part of it, and all that one CPU does.
    package var userEvents = Attempt.works
    package var kernelEvents = Attempt.works
    package var hostEvents = Attempt.works
    /// System calls may be counted: by programs in the kernel, or the number of a tracepoint was read.
    package var tracepoints = Attempt.works
    /// A child of ours was stopped for a moment and read; nil if none could be started.
    package var tracing: Attempt?
    /// `/proc/kallsyms` tells addresses; whether it can be read at all.
    package var hasKernelAddresses = true
    package var kernelSymbols = Attempt.works
    /// Files of the machine that figures come from, tried by themselves: what could not be read is not
    /// what the kernel does not have.
    package var pressure = Attempt.works
    package var virtualMemory = Attempt.works
    package var memoryFile = Attempt.works
    package var schedule = Attempt.works
    package var mounts = Attempt.works
    /// A descriptor is left to open a file with.
    package var spareDescriptors = Attempt.works
    /// A file was opened by the mapping of it.
    package var mappedFiles = Attempt.works
    /// What dxtop uses of memory may stay there.
    package var lockedMemory = Attempt.works
    package var kernelLog = Attempt.works
    /// The version of control groups that limits each, nil where none is to be seen.
    package var groups: [Controller: Int] = [:]
    package var terminal: TerminalFacts
    package var sampled: Sampled

    package enum Controller: String, Hashable, Sendable, CaseIterable {
        case cpu, memory, pids
    }

    package struct TerminalFacts: Hashable, Sendable {
        /// `TERM`; empty where it is not set.
        package var name: String
        /// The machine has a description of it.
        package var isKnown: Bool
        package var isUTF8: Bool
        package var colors: Int

        package init(name: String, isKnown: Bool, isUTF8: Bool, colors: Int) {
            self.name = name
            self.isKnown = isKnown
            self.isUTF8 = isUTF8
            self.colors = colors
        }
    }

    /// What two samples of the machine tell.
    package struct Sampled: Sendable {
        package var host: HostSample
        package var trouble: SamplingTrouble
        /// Some thread's time in the queue for a CPU is known.
        package var hasRunDelay: Bool
        var threadSources: ThreadSourceReport?
        /// Nil if they were not read.
        package var sockets: SocketReading?

        package init(_ snapshot: Snapshot) {
            host = snapshot.host
            trouble = snapshot.trouble
            hasRunDelay = snapshot.processes.contains { process in
                process.threads.contains { $0.runDelay != nil }
            }
            threadSources = snapshot.threadSources
            sockets = snapshot.network?.sockets
        }
    }

    package init(
        environment: ToolEnvironment, terminal: TerminalFacts, sampled: Sampled
    ) {
        self.environment = environment
        self.terminal = terminal
        self.sampled = sampled
    }
}

import CLinux
import Glibc
import ProcReading
import Samples
import Synchronization
import Units

/// One thread as it was at one moment, for which it was stopped; `ptrace(2)`.
///
/// The stop is the kernel's (PTRACE_SEIZE, PTRACE_INTERRUPT): no signal is sent, those that come
/// meanwhile are passed on, and a thread that a signal has stopped stays so. Each stop is made by a
/// thread of its own, since the kernel lets go of everything a thread traces when that thread ends,
/// also by SIGKILL of its process: so whatever happens, the target runs on.
///
/// Who asks for one must have told a person of `effect`.
struct ThreadStop: Sendable {
    var registers: UserRegisters
    /// A copy of the stack, from the stack pointer on.
    var stack: [UInt8]
    /// It stood no longer than this: from our asking to our letting go.
    var length: Duration

    /// What a stop does to a program, apart from the time: a system call that the thread sleeps in is
    /// interrupted and begun again by the kernel, but for those of which `signal(7)` says that they
    /// are not.
    static let effect =
        "a call asleep in epoll_wait, semop, msgrcv, sigtimedwait or on a socket with a timeout"
        + " ends with EINTR, others go on"

    /// What is copied of a stack: enough for chains of hundreds of functions.
    static let usualStackSize = 64 << 10

    /// What one stop is expected to take.
    static let usualLength = Duration.microseconds(100)

    enum Failure: Error, Hashable, Sendable {
        case ended
        /// By errno: no right, or another tracer came first.
        case refused(errno: Int32)
        /// It did not come to a stop in time: it waits in the kernel for something that no signal
        /// ends. Nothing keeps it any more.
        case unmoved
    }

    /// Throws why a thread may not be stopped, which is found out without touching it: no right, a
    /// debugger that has it already, it is dxtop's own.
    static func check(_ target: ThreadTarget) throws(ProbeRefusal) {
        try TargetLife(of: .thread(target)).check()
        do throws(ToolRefusal) {
            let rights = TargetRights(to: target, in: .current())
            try rights.checkTracing(try rights.check(TargetReading.read(target)))
        } catch {
            throw ProbeRefusal(error.reason, remedy: error.remedy)
        }
    }

    /// Stops a thread, reads its registers and stack, and lets it go.
    ///
    /// - Parameters:
    ///   - stackSize: how much of the stack to copy, in bytes.
    ///   - patience: how long to wait for the stop.
    static func take(
        of thread: ThreadID, stackSize: Int = usualStackSize,
        patience: Duration = .milliseconds(50)
    ) throws(Failure) -> ThreadStop {
        let stopping = Stopping(thread: thread, stackSize: stackSize, patience: patience)
        return try stopping.run()
    }
}

/// A stop that another thread makes.
private final class Stopping: Sendable {
    private let thread: ThreadID
    private let stackSize: Int
    private let patience: Duration
    private let result = Mutex<Result<ThreadStop, ThreadStop.Failure>?>(nil)
    private let done = StopSign()

    init(thread: ThreadID, stackSize: Int, patience: Duration) {
        self.thread = thread
        self.stackSize = stackSize
        self.patience = patience
    }

    func run() throws(ThreadStop.Failure) -> ThreadStop {
        let isStarted = DetachedThread.start(name: "dxtop:stop", stackSize: 256 << 10) {
            let result = self.outcome()
            self.result.withLock { $0 = $0 ?? result }
            self.done.raise()
        }
        guard isStarted else { throw .refused(errno: EAGAIN) }
        // Even the attempt may wait, for a target that is in the midst of execve(2).
        done.wait(atMost: patience * 2)
        let result = self.result.withLock { result in
            if result == nil { result = .failure(.unmoved) }
            return result
        }
        return try (result ?? .failure(.unmoved)).get()
    }

    private var isGivenUp: Bool { result.withLock { $0 != nil } }

    private func outcome() -> Result<ThreadStop, ThreadStop.Failure> {
        do throws(ThreadStop.Failure) {
            return .success(try stop())
        } catch {
            return .failure(error)
        }
    }

    private func stop() throws(ThreadStop.Failure) -> ThreadStop {
        // Opened and touched before the stop, not during it.
        let memory = ProcessMemory(of: ProcessID(thread.rawValue))
        var stack = [UInt8](repeating: 0, count: stackSize)
        let asked = ContinuousClock.now
        guard clinux_seize(thread.rawValue) == 0 else { throw failure(errno) }
        // From here on, whoever returns without having let go lets go by that: this thread ends.
        guard !isGivenUp else { throw .unmoved }
        guard clinux_interrupt(thread.rawValue) == 0 else { throw failure(errno) }
        let signal = try awaitStop(until: asked + patience)

        var values = [UInt64](repeating: 0, count: UserRegisters.count)
        let result = clinux_user_registers(thread.rawValue, &values)
        let error = errno
        var registers = UserRegisters(instructionPointer: 0, stackPointer: 0)
        for (number, value) in values.enumerated() { registers[number] = value }
        var count = 0
        if result == 0 {
            count = stack.withUnsafeMutableBytes {
                memory.read(into: $0, at: registers.stackPointer)
            }
        }
        _ = clinux_let_go(thread.rawValue, signal)
        guard result == 0 else { throw failure(error) }
        stack.removeLast(stackSize - count)
        return ThreadStop(registers: registers, stack: stack, length: .now - asked)
    }

    /// Waits for the stop.
    ///
    /// - Returns: the signal that stopped it before our own request did, to be passed on; else 0.
    private func awaitStop(until deadline: ContinuousClock.Instant) throws(ThreadStop.Failure)
        -> Int32
    {
        let eager = ContinuousClock.now + ThreadStop.usualLength * 10
        while true {
            var status: Int32 = 0
            let found = waitpid(thread.rawValue, &status, WNOHANG | Self.everyKind)
            if found < 0, errno != EINTR { throw failure(errno) }
            if found > 0 {
                let isStopped = status & 0xFF == 0x7F
                guard isStopped else { throw .ended }
                let isOurRequest = status >> 16 != 0
                return isOurRequest ? 0 : status >> 8 & 0xFF
            }
            let now = ContinuousClock.now
            guard now < deadline else { throw .unmoved }
            if now < eager { sched_yield() } else { usleep(500) }
        }
    }

    /// `__WALL`, as waitpid(2) wants it of threads.
    private static let everyKind: Int32 = 0x4000_0000

    private func failure(_ error: Int32) -> ThreadStop.Failure {
        error == ESRCH || error == ECHILD ? .ended : .refused(errno: error)
    }
}

internal import DequeModule
internal import Glibc
internal import ProcFormats
internal import Synchronization
internal import Units

/// Reads the files that can hang: `cmdline` waits for the lock on its process's memory, `cgroup`
/// for the one on all control groups. Where the holder is stuck (a dead NFS server, a driver), the
/// reader is stuck with it, unkillable.
///
/// So they are read on a thread of their own. The sampler puts questions in and takes answers out
/// and never waits. A read that takes longer than the deadline marks its process as unresponsive
/// and costs the lane its thread, which is left behind; while `mostAbandoned` are, no more are
/// spent. One that comes back late brings its answer, and is one less.
final class SlowLane: Sendable {
    /// What there is to know of one process.
    struct Facts: Sendable {
        var command: String?
        var cgroup: String?
        /// Its path in the hierarchy that limits memory.
        var memoryGroup: String?
        /// There is no such hierarchy.
        var lacksMemoryGroup = false
        /// Its paths in those that limit CPU time and the number of tasks.
        var cpuGroup: String?
        var taskGroup: String?
    }

    /// Reads one process's files. May block for ever.
    typealias Read = @Sendable (ProcessID) -> Facts

    struct Answer {
        let process: ProcessIdentity
        let facts: Facts
    }

    private struct Reading {
        var process: ProcessIdentity
        var since: Instant
        /// False once the process was forgotten.
        var isWanted = true
    }

    private struct State {
        /// May hold processes that are no longer waited for; those are passed over.
        var questions: Deque<ProcessIdentity> = []
        var waiting: Set<ProcessIdentity> = []
        var answers: [Answer] = []
        /// What the worker is at.
        var current: Reading?
        /// Goes up with each worker; one left behind finds another number and ends.
        var worker = 0
        var isWorkerAlive = false
        var unresponsive: Set<ProcessIdentity> = []
        /// Threads left behind that have not come back.
        var abandoned = 0
    }

    static let mostAbandoned = 4
    /// A lane that is stuck must not collect questions for ever.
    static let mostQuestions = 4096
    private let deadline: Nanoseconds
    private let read: Read
    private let state = Mutex(State())

    init(deadline: Duration = .milliseconds(250), read: @escaping Read) {
        self.deadline = deadline.inNanoseconds
        self.read = read
    }

    /// How many processes can be asked about now.
    var room: Int { state.withLock { Self.mostQuestions - $0.waiting.count } }

    /// Asks about processes; what is found arrives at a later `collect`. Of more than there is room
    /// for, the last are left out.
    func ask(_ processes: [ProcessIdentity]) {
        guard !processes.isEmpty else { return }
        let worker: Int? = state.withLock { state in
            for process in processes where !state.unresponsive.contains(process) {
                guard state.waiting.count < Self.mostQuestions else { break }
                if state.waiting.insert(process).inserted { state.questions.append(process) }
            }
            if state.questions.count > 2 * Self.mostQuestions {
                state.questions.removeAll { !state.waiting.contains($0) }
            }
            return Self.nextWorker(&state)
        }
        start(worker)
    }

    /// Takes the answers there are, and gives up on a read past its deadline.
    func collect() -> [Answer] {
        let (answers, worker): ([Answer], Int?) = state.withLock { state in
            if let current = state.current, Instant.now.since(current.since) > deadline {
                if current.isWanted { state.unresponsive.insert(current.process) }
                state.waiting.remove(current.process)
                state.abandoned += 1
                state.current = nil
                state.worker += 1
                state.isWorkerAlive = false
            }
            defer { state.answers.removeAll() }
            return (state.answers, Self.nextWorker(&state))
        }
        start(worker)
        return answers
    }

    /// Processes whose files did not answer in time and have not answered since.
    var unresponsiveCount: Int { state.withLock { $0.unresponsive.count } }

    func isUnresponsive(_ process: ProcessIdentity) -> Bool {
        state.withLock { $0.unresponsive.contains(process) }
    }

    /// Forgets a process that ended.
    func forget(_ process: ProcessIdentity) {
        state.withLock { state in
            state.unresponsive.remove(process)
            state.waiting.remove(process)
            if state.current?.process == process { state.current?.isWanted = false }
        }
    }

    private static func nextWorker(_ state: inout State) -> Int? {
        guard !state.waiting.isEmpty, !state.isWorkerAlive, state.abandoned < mostAbandoned else {
            return nil
        }
        state.isWorkerAlive = true
        return state.worker
    }

    private func start(_ worker: Int?) {
        guard let worker else { return }
        let isStarted = DetachedThread.start(name: "dxtop:slowlane", stackSize: 128 * 1024) {
            self.work(as: worker)
        }
        if !isStarted { state.withLock { $0.isWorkerAlive = false } }
    }

    /// Answers until there are no more questions: an idle lane keeps no thread.
    private func work(as worker: Int) {
        while let process = takeQuestion(as: worker) {
            let facts = read(process.pid)
            let isStillMine = state.withLock { state in
                let answer = Answer(process: process, facts: facts)
                guard state.worker == worker else {
                    Self.takeLate(answer, &state)
                    return false
                }
                if state.current?.isWanted == true { state.answers.append(answer) }
                state.current = nil
                return true
            }
            guard isStillMine else { return }
        }
    }

    /// A worker that was left behind has come back: what held it up is over.
    private static func takeLate(_ answer: Answer, _ state: inout State) {
        state.abandoned -= 1
        if state.unresponsive.remove(answer.process) != nil { state.answers.append(answer) }
    }

    private func takeQuestion(as worker: Int) -> ProcessIdentity? {
        state.withLock { state in
            guard state.worker == worker else { return nil }
            while let process = state.questions.popFirst() {
                guard state.waiting.remove(process) != nil else { continue }
                state.current = Reading(process: process, since: .now)
                return process
            }
            state.isWorkerAlive = false
            return nil
        }
    }
}

extension SlowLane {
    /// The lane for a tree. Opens and reads its files itself: a reader shared with the sampler
    /// would hang with it.
    convenience init(root: ProcRoot) {
        self.init { process in
            let reader = ProcReader(root: root, bufferSize: 8 * 1024)
            func command(_ file: ProcFile) -> String? {
                let line = try? reader.read(file) { bytes throws(ParseError) in
                    TaskCommandLine(parsing: bytes)
                }
                return line?.text
            }
            // Of a first thread that has ended it is empty.
            let ownCommand = command(.process(process, "cmdline"))
            let text =
                ownCommand
                ?? root.threadBesideFirst(of: process).flatMap {
                    command(.thread(process, $0, "cmdline"))
                }
            let groups = try? reader.read(.process(process, "cgroup"), as: CgroupMembership.self)
            return Facts(
                command: text, cgroup: groups?.path, memoryGroup: groups?.memory?.path,
                lacksMemoryGroup: groups.map { $0.memory == nil } ?? false,
                cpuGroup: groups?.cpu?.path, taskGroup: groups?.tasks?.path)
        }
    }
}

import Diagnosis
import ProcFormats
import ProcSampling
import TestSupport
import Units

/// Threads of one process, as a refresh and the polls before it find them.
struct MadeThread {
    var number: Int32
    var name = "poll"
    var process: Int32 = 2214
    var user = 99.8
    var system = 0.0
    /// Percent of the time waited for a CPU.
    var delay = 0.0
    var faults = 0.0
    /// Times a second that it goes to sleep, as the refresh finds it.
    var wakeups: Double?
    /// Samples, and those of them that found it running.
    var samples = 50
    var running = 50
    /// In the 9 s between the first sample and the latest.
    var switches: UInt64? = 0
    var readsAndWrites: UInt64? = 0
    var futexes: [FutexWait: Int] = [:]
    var systemCalls: [Int32: Int] = [:]
    /// Of `futexes`, by the thread that holds the lock.
    var holders: [ThreadID: Int] = [:]
    /// Samples in which it waited for a limited time only.
    var limitedWaits = 0
    var turns = ThreadPoll.Turns()
    var schedule: ThreadPoll.Schedule?
    var stall: ThreadPoll.Stall?

    var id: ThreadIdentity { Made.thread(number) }

    var sample: ThreadSample {
        ThreadSample(
            id: id, process: ProcessID(process), name: name, state: .running,
            cpu: Percent(user + system), user: Percent(user), system: Percent(system),
            runDelay: Percent(delay), voluntarySwitches: wakeups.map { Rate($0) },
            minorFaults: Rate(faults), majorFaults: .zero)
    }

    var poll: ThreadPoll {
        ThreadPoll(
            process: MadeMachine.id(process), name: name, processName: "streamd", samples: samples,
            running: running, turns: turns, systemCalls: systemCalls, futexes: futexes,
            holders: holders, limitedWaits: limitedWaits, schedule: schedule,
            counted: ThreadPoll.Counted(
                span: .seconds(9), voluntarySwitches: switches, readsAndWrites: readsAndWrites),
            stall: stall)
    }

    func with(_ change: (inout MadeThread) -> Void) -> MadeThread {
        var other = self
        change(&other)
        return other
    }
}

extension MadeMachine {
    /// Refreshes of a machine on which these threads go on as they are.
    mutating func run(
        seconds: Int, _ threads: [MadeThread], _ change: (inout HostSample) -> Void = { _ in },
        process changeProcess: (inout ProcessSample) -> Void = { _ in }
    ) {
        let processes = Dictionary(grouping: threads, by: \.process).sorted { $0.key < $1.key }
            .map { pid, threads in
                let cpu = threads.reduce(0) { $0 + $1.user + $1.system }
                var process = ProcessSample(
                    id: Self.id(pid), name: "streamd", state: .sleeping, cpu: Percent(cpu),
                    threadCount: threads.count, threads: threads.map(\.sample))
                changeProcess(&process)
                return process
            }
        for _ in stride(from: 0, to: seconds, by: interval) {
            refresh(
                processes,
                polls: Dictionary(uniqueKeysWithValues: threads.map { ($0.id, $0.poll) }), change)
        }
    }
}

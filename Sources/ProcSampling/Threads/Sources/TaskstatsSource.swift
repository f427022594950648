internal import Glibc
internal import ProcFormats
internal import SystemPackage
internal import Units

/// Asks the kernel's accounting for CPU time, run delay and switches, of many threads at once; all else
/// is in the files.
///
/// Whom it asks for is what `expect` was told: when the times of one are wanted, those that are
/// expected after it are asked for, too. So figures may be some tenths of a millisecond older than the
/// call that gets them. A thread of which no answer came, since the kernel had no room for it or takes
/// too long, is read from its file.
final class TaskstatsSource: FileBackedSource {
    let files: ProcThreadSource
    private let socket: NetlinkSocket
    private let family: UInt16

    private var expected: [Int32] = []
    /// Where in `expected` the answers begin, and what they are.
    private var answered = 0..<0
    private var answers: [Int32: TaskAccounting] = [:]

    /// Answers to more than 128 do not find room in the socket, and then all are lost.
    private static let mostAtOnce = 64

    init(reader: ProcReader) throws(ThreadSourceRefusal) {
        guard reader.root.isLive else { throw .notLive }
        files = ProcThreadSource(reader: reader)
        var family: UInt16?
        let socket: NetlinkSocket
        do throws(Errno) {
            socket = try NetlinkSocket(.generic)
            try socket.ask(NetlinkRequest(numberOfFamily: "TASKSTATS")) { message, bytes in
                family = try? GenericFamily.number(in: bytes, payload: message.payload)
            }
        } catch {
            throw ThreadSourceRefusal(error, "this kernel does not account for tasks")
        }
        guard let family else {
            throw ThreadSourceRefusal("this kernel does not account for tasks")
        }
        self.socket = socket
        self.family = family
        try check()
    }

    var kind: ThreadSourceKind { .taskstats }

    /// Asks for our own first thread.
    private func check() throws(ThreadSourceRefusal) {
        let own = ThreadID(getpid())
        var answer: TaskAccounting?
        do throws(Errno) {
            let request = NetlinkRequest(accountingOf: own, family: family)
            try socket.ask(request) { message, bytes in
                answer = try? TaskAccounting(in: bytes, payload: message.payload)
            }
        } catch {
            throw error.isDenied
                ? ThreadSourceRefusal("it needs CAP_NET_ADMIN", isForWantOfRights: true)
                : ThreadSourceRefusal(error, "the kernel refuses, as it does in a container")
        }
        guard let answer, answer.thread == own, answer.timeslices > 0 else {
            throw ThreadSourceRefusal("this kernel keeps no scheduling figures there")
        }
    }

    var answersManyAtOnce: Bool { true }

    func beginRefresh() { expect([]) }

    func expect(_ threads: [Int32]) {
        expected = threads
        answered = 0..<0
        answers.removeAll(keepingCapacity: true)
    }

    func times(of thread: ThreadID, in process: ProcessID) throws(ProcError) -> ThreadTimes? {
        let number = thread.rawValue
        if answers[number] == nil { ask(from: number) }
        // Asked for again it has to be asked again.
        guard let answer = answers.removeValue(forKey: number) else {
            return try files.times(of: thread, in: process)
        }
        if answer.timeslices == 0, answer.runTime.rawValue == 0 { return nil }
        return ThreadTimes(
            runTime: answer.runTime, runDelay: answer.runDelay,
            switches: ThreadSwitches(
                voluntary: answer.voluntarySwitches, involuntary: answer.involuntarySwitches))
    }

    /// Asks for this one and those that are expected next.
    private func ask(from thread: Int32) {
        answers.removeAll(keepingCapacity: true)
        var wanted = [thread][...]
        if let start = expected[answered.upperBound...].firstIndex(of: thread) {
            answered = start..<min(start + Self.mostAtOnce, expected.count)
            wanted = expected[answered]
        }
        socket.askEach(
            wanted.map { NetlinkRequest(accountingOf: ThreadID($0), family: family) }
        ) { message, bytes in
            let answer = try? TaskAccounting(in: bytes, payload: message.payload)
            if let answer { answers[answer.thread.rawValue] = answer }
        }
    }
}

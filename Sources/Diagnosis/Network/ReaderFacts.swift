internal import Samples
internal import Units

/// What is known of those who are to read a socket, apart from its queue: the second signal.
struct ReaderFacts {
    private let reader: SocketReader
    private let isSearching: Bool

    /// Asleep in so large a share of the samples is asleep all the time: those of threads and of
    /// queues are not at the same moments.
    static let always = 0.9
    /// A share that is no accident of one or two samples.
    static let sometimes = 0.1
    /// CPU time of a thread that did nothing but wake up once or twice, in nanoseconds.
    static let leastCPUTime: UInt64 = 1_000_000
    /// More threads than these are not all polled, and one line each is enough.
    static let mostThreads = 512
    static let mostLines = 4

    init(_ reader: SocketReader, isSearching: Bool = false) {
        self.reader = reader
        self.isSearching = isSearching
    }

    /// The share of time that the busiest of its readers ran.
    var busiest: Double { isReaderKnown ? reader.threads.map(\.runShare).max() ?? 0 : 0 }

    /// One was seen to wait for it, or there is but one: else the threads are any that used CPU.
    private var isReaderKnown: Bool { !waiting.isEmpty || reader.threadCount == 1 }

    /// Threads that were not polled may read it: what was not seen proves nothing.
    private var isShared: Bool { reader.otherOwners > 0 }

    private var waiting: [SocketReader.Thread] { reader.threads.filter { $0.waits > 0 } }

    private var isEdgeTriggered: Bool { reader.epolls.contains(where: \.isEdgeTriggered) }

    /// One event was told, and nobody asked for the next one.
    private var isDisarmed: Bool {
        !reader.epolls.isEmpty && reader.epolls.allSatisfy { $0.isOneShot && !$0.isForReading }
    }

    /// Its owner's threads were all polled, and none waits for it.
    private var isUnattended: Bool {
        reader.owner != nil && !reader.isDenied && waiting.isEmpty
            && (1...Self.mostThreads).contains(reader.threadCount) && reader.threadsPassedOver == 0
    }

    /// Nor could one be told. A poll(2) or select(2), which does not show what it waits for, does not
    /// sleep while there is something to read.
    var isNobodySeen: Bool { isUnattended && reader.epolls.isEmpty }

    /// And nobody else holds it.
    private var isNobody: Bool { isNobodySeen && !isShared }

    /// What to do about a reader that has stopped.
    func cures(beginning: String) -> [NextStep] {
        let threads = reader.owner.map {
            NextStep.probe(.stacks, of: .process($0.process), "what its threads do instead")
        }
        return [.change(beginning + cure)] + (threads.map { [$0] } ?? [])
    }

    private var cure: String {
        if isShared {
            return "find out which of the \(reader.otherOwners + 1) processes that hold it is to"
                + " read it, and what that does instead"
        }
        if isDisarmed { return "restart it, or fix it: arm EPOLLONESHOT again after each event" }
        if isEdgeTriggered {
            return "restart it, or fix it: read until EAGAIN, or make the epoll level-triggered"
        }
        return isNobody
            ? "no process reads it: restart the program, or have it close the socket"
            : "restart it, or find out what its thread does instead"
    }

    /// Whether they fit what the queue says.
    func confirm(_ kind: ReaderVerdict.Kind) -> Bool {
        guard !reader.isDenied, !isShared, reader.owner != nil else { return false }
        switch kind {
        case .ok: return true
        case .stalled:
            if isUnattended || isDisarmed { return true }
            // Threads that work may work for other sockets: only sleep, or no new edge, confirms.
            return !waiting.isEmpty && waiting.allSatisfy(\.isAsleep)
        case .slow:
            return isReaderKnown && !reader.threads.isEmpty
                && reader.threads.allSatisfy { $0.waitShare <= Self.sometimes }
        case .pauses:
            return isReaderKnown
                && reader.threads.contains {
                    $0.waitShare < Self.always && $0.waits < $0.samples
                }
        case .bufferTooSmall:
            return reader.threads.contains { $0.waitShare >= Self.sometimes }
        }
    }

    /// The facts, one a line, and what follows from them.
    func proof(of kind: ReaderVerdict.Kind) -> [String] {
        guard let owner = reader.owner else {
            return [
                isSearching
                    ? "who holds it open is still being resolved"
                    : "who holds it open is not known: root may see it"
            ]
        }
        var lines = reader.epolls.map { "fd \(owner.descriptor) in \($0.text)" }
        if isShared, kind != .ok { lines.append(others) }
        if reader.isDenied {
            return lines + ["its threads may not be sampled: root may"]
        }
        // Who did nothing at all has nothing to do with a reader that reads.
        let shown = reader.threads.filter {
            kind == .stalled || $0.waits + $0.runs > 0 || $0.voluntarySwitches > 0
        }.sorted { ($0.waits, $0.runs) > ($1.waits, $1.runs) }
        lines += shown.prefix(Self.mostLines).map { line(of: $0, kind) }
        if kind == .stalled, let conclusion { lines.append(conclusion) }
        return lines
    }

    private var others: String {
        reader.otherOwners == 1
            ? "1 other process holds it and was not sampled"
            : "\(reader.otherOwners) other processes hold it and were not sampled"
    }

    /// What follows for a reader that has stopped.
    private var conclusion: String? {
        if isShared { return nil }
        if isNobody { return "no thread waits for it, and no epoll holds it: no process reads it" }
        if isDisarmed {
            return
                "its one event was delivered, and it was not armed again: nothing wakes the reader"
        }
        if isUnattended { return "no thread waits for it: the one that should is elsewhere" }
        guard isEdgeTriggered else { return nil }
        return "a full queue raises no new edge: it will not recover by itself"
    }

    private func line(of thread: SocketReader.Thread, _ kind: ReaderVerdict.Kind) -> String {
        let name = "T\(thread.id.tid)"
        let samples = "of \(thread.samples) samples"
        if thread.runs > thread.waits, thread.runs >= thread.sleepsElsewhere {
            let share = "\(Int((100 * thread.runShare).rounded())) % of a CPU"
            let end = kind == .slow ? ": it cannot read faster" : ""
            return "\(name) ran in \(thread.runs) \(samples), \(share)\(end)"
        }
        if thread.sleepsElsewhere > thread.waits {
            let place = thread.waits == 0 ? thread.call.map { " in \($0)" } ?? "" : ""
            return "\(name) asleep\(place), not for this socket, in"
                + " \(thread.sleepsElsewhere) \(samples)"
        }
        let switches = "\(thread.voluntarySwitches) switches"
        let cpu =
            thread.cpuTime.rawValue < Self.leastCPUTime
            ? "no CPU" : "\(Duration(thread.cpuTime).shortText) of CPU"
        // The call is the last one: of a thread that slept elsewhere, too, it may be that one.
        let wait = thread.epoll == nil ? "recv on this socket" : "epoll_wait"
        let call = thread.sleepsElsewhere == 0 ? thread.call ?? wait : wait
        return "\(name) blocked in \(call) in \(thread.waits) \(samples), \(switches), \(cpu)"
    }
}

extension SocketReader.Epoll {
    fileprivate var text: String {
        var text = "epoll fd \(descriptor)"
        if isEdgeTriggered { text += ", EDGE-TRIGGERED" }
        if isOneShot { text += isForReading ? ", ONE-SHOT" : ", ONE-SHOT and not armed again" }
        if !isForReading, !isOneShot { text += ", which asks for no data to read" }
        return text
    }
}

extension SocketReader.Thread {
    fileprivate var waitShare: Double { samples == 0 ? 0 : Double(waits) / Double(samples) }

    fileprivate var runShare: Double { samples == 0 ? 0 : Double(runs) / Double(samples) }

    fileprivate var isAsleep: Bool {
        waitShare >= ReaderFacts.always && cpuTime.rawValue < ReaderFacts.leastCPUTime
    }
}

internal import Units

/// The processes that are to read the queues of a burst. Belongs to one thread.
final class ReaderWatches {
    /// So many threads are polled each time, of all processes together: 4 to 8 µs each.
    private static let mostThreads = 512
    /// And of so many processes, each of whose descriptors have to be gone through once.
    private static let mostProcesses = 64
    private static let mostReported = 16
    private let root: ProcRoot
    private let reader: ProcReader
    private var watches: [ProcessIdentity: ProcessWatch] = [:]

    init(root: ProcRoot) {
        self.root = root
        reader = ProcReader(root: root)
    }

    /// Polls the threads of those who hold the queues: of each queue, its owner first.
    func poll(holders: [[SocketOwner]]) {
        let ranked = holders.flatMap { $0.enumerated() }.sorted {
            ($0.offset, $0.element.process.pid) < ($1.offset, $1.element.process.pid)
        }
        var processes: Set<ProcessIdentity> = []
        for (_, holder) in ranked where processes.count < Self.mostProcesses {
            processes.insert(holder.process)
        }
        watches = watches.filter { processes.contains($0.key) }
        for process in processes where watches[process] == nil {
            watches[process] = ProcessWatch(process, reader: reader)
        }
        for watch in watches.values { watch.poll(mostThreads: Self.mostThreads / watches.count) }
    }

    /// What is known of a socket's readers by now.
    func reader(of socket: SocketSample, holders: [SocketOwner]) -> SocketReader {
        let known = holders.compactMap { holder in
            watches[holder.process].map { (process: holder.process, watch: $0) }
        }
        // A process that only keeps it for others, such as one that made them, may poll for
        // something else.
        let isNamed = known.contains { $0.watch.namesWait(for: socket.inode) }
        var reader = SocketReader(
            owner: holders.first,
            otherOwners: holders.dropFirst().count { watches[$0.process] == nil })
        for (process, watch) in known {
            let part = watch.reader(of: socket.inode, countsPolls: !isNamed)
            reader.add(part, of: process == reader.owner?.process ? nil : process.pid)
        }
        let waiting = reader.threads.filter { $0.waits > 0 }
        if !waiting.isEmpty { reader.threads = waiting }
        reader.threads.sort { ($0.waits, $0.cpuTime) > ($1.waits, $1.cpuTime) }
        reader.threads.removeLast(max(0, reader.threads.count - Self.mostReported))
        return reader
    }
}

extension SocketReader {
    /// Adds what is known of one who holds it.
    fileprivate mutating func add(_ part: SocketReader, of process: ProcessID?) {
        epolls += part.epolls.map { epoll in
            var epoll = epoll
            epoll.process = process
            return epoll
        }
        threads += part.threads.map { thread in
            var thread = thread
            thread.process = process
            return thread
        }
        isDenied = isDenied || part.isDenied
        threadCount += part.threadCount
        threadsPassedOver += part.threadsPassedOver
    }
}

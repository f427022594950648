internal import Units

/// The processes that are to read the queues of a burst. Belongs to one thread.
final class ReaderWatches {
    /// So many threads are looked at each time, of all processes together: 4 to 8 µs each.
    private static let mostThreads = 512
    private let root: ProcRoot
    private let reader: ProcReader
    private var watches: [ProcessIdentity: ProcessWatch] = [:]

    init(root: ProcRoot) {
        self.root = root
        reader = ProcReader(root: root)
    }

    /// Looks at the threads of those who hold the queues.
    func look(owners: [OwnerIndex.Holding]) {
        let processes = Set(owners.map(\.owner.process))
        watches = watches.filter { processes.contains($0.key) }
        for process in processes where watches[process] == nil {
            watches[process] = ProcessWatch(process, reader: reader)
        }
        for watch in watches.values { watch.look(mostThreads: Self.mostThreads / watches.count) }
    }

    /// What is known of a socket's reader by now.
    func reader(of socket: SocketSample, owner: OwnerIndex.Holding?) -> SocketReader {
        guard let owner else { return SocketReader() }
        var reader =
            watches[owner.owner.process]?.reader(of: socket.inode) ?? SocketReader()
        reader.owner = owner.owner
        reader.otherOwners = owner.others
        return reader
    }
}

internal import ProcFormats
internal import Units

/// The threads of one process during a burst: what they wait for, and what they use.
final class ProcessWatch {
    private let process: ProcessIdentity
    private let reader: ProcReader
    private var walk: DescriptorWalk?
    /// What its epoll instances wait for, by descriptor.
    private var epolls: [(descriptor: Int32, targets: [EpollTargets.Target])] = []
    private var descriptors: [UInt32: [Int32]] = [:]
    private var threads: [ThreadWatch] = []
    /// Those for which there was no room.
    private var passedOver: Set<Int32> = []
    private var threadCount = 0
    private var isDenied = false
    private var listing: [Int32] = []
    private var rounds = 0

    /// The threads are listed again with every so many rounds.
    private static let listingPeriod = 10
    /// What one round may spend on descriptors.
    private static let walkSlice = Nanoseconds(2_000_000)
    private static let mostReported = 16

    init(_ process: ProcessIdentity, reader: ProcReader) {
        self.process = process
        self.reader = reader
        walk = try? DescriptorWalk(process.pid, in: reader.root)
        if walk == nil { isDenied = true }
    }

    /// Polls all threads once, or goes on to find out about descriptors, without which it cannot
    /// be said what a call waits for.
    func poll(mostThreads: Int) {
        if let walk {
            let began = CPUTime.ofThread
            guard walk.advance(until: { CPUTime.ofThread.since(began) > Self.walkSlice }) else {
                return
            }
            take(walk)
            self.walk = nil
        }
        if rounds % Self.listingPeriod == 0 { list(mostThreads) }
        rounds += 1
        for index in threads.indices { poll(index) }
        threads.removeAll(where: \.isGone)
    }

    private func take(_ walk: DescriptorWalk) {
        for socket in walk.sockets {
            descriptors[socket.inode, default: []].append(socket.descriptor)
        }
        for descriptor in walk.epolls {
            let info = try? reader.read(
                .descriptorInfo(process.pid, walk.thread, descriptor), as: EpollTargets.self)
            if let info { epolls.append((descriptor, info.targets)) }
        }
    }

    // MARK: Threads

    private func list(_ mostThreads: Int) {
        guard (try? reader.list(.process(process.pid, "task"), into: &listing)) != nil else {
            return
        }
        threadCount = listing.count
        passedOver.formIntersection(listing)
        let known = passedOver.union(threads.map(\.id.tid.rawValue))
        var added = listing.filter { !known.contains($0) }
        let room = max(0, mostThreads - threads.count)
        if added.count > room {
            // Those that wait for descriptors come first, then those that run.
            let ranked = added.map { (thread: $0, rank: rank(of: ThreadID($0))) }
                .sorted { ($1.rank, $0.thread) < ($0.rank, $1.thread) }
            passedOver.formUnion(ranked[room...].map(\.thread))
            added = ranked[..<room].map(\.thread)
        }
        threads += added.compactMap { ThreadWatch(ThreadID($0), of: process.pid, reader: reader) }
    }

    /// How worthwhile it is to poll a thread.
    private func rank(of thread: ThreadID) -> Int {
        (try? reader.syscall(of: thread, in: process.pid)).map(ThreadWatch.rank) ?? 0
    }

    private func poll(_ index: Int) {
        do throws(ProcError) {
            let syscall = try reader.syscall(of: threads[index].id.tid, in: process.pid)
            threads[index].note(syscall, reader, process.pid)
        } catch .denied {
            isDenied = true
            threads[index].noteDenied(reader, process.pid)
        } catch {
            threads[index].isGone = true
        }
    }

    // MARK: What it says of one socket

    /// Whether a thread was seen waiting for it in a call that names it, or an epoll holds it.
    func namesWait(for inode: UInt32) -> Bool {
        let holding = epolls(with: inode)
        let waits = waits(for: inode, holding)
        return !holding.isEmpty || threads.contains { $0.waits(for: waits) > 0 }
    }

    private func waits(for inode: UInt32, _ holding: [SocketReader.Epoll]) -> ThreadWatch.Waits {
        ThreadWatch.Waits(
            descriptors: Set(descriptors[inode] ?? []), epolls: Set(holding.map(\.descriptor)))
    }

    private func epolls(with inode: UInt32) -> [SocketReader.Epoll] {
        let own = descriptors[inode] ?? []
        return epolls.compactMap { epoll in
            let target = epoll.targets.first {
                $0.inode.map { $0 == UInt64(inode) } ?? own.contains($0.descriptor)
            }
            return target.map {
                SocketReader.Epoll(
                    descriptor: epoll.descriptor, isEdgeTriggered: $0.isEdgeTriggered,
                    isOneShot: $0.isOneShot, isForReading: $0.isForReading)
            }
        }
    }

    /// - Parameter countsPolls: a wait for descriptors that nobody can tell counts as one for it.
    func reader(of inode: UInt32, countsPolls: Bool) -> SocketReader {
        let holding = epolls(with: inode)
        var waiting = waits(for: inode, holding)
        waiting.countsPolls = countsPolls
        var seen = threads.filter { $0.waits(for: waiting) > 0 }
        if seen.isEmpty {
            seen = threads
            for index in seen.indices { seen[index].readCPUTime(reader, process.pid) }
            seen.removeAll { $0.cpuTime.rawValue == 0 }
            seen.sort { $0.cpuTime > $1.cpuTime }
        } else {
            seen.sort { $0.waits(for: waiting) > $1.waits(for: waiting) }
        }
        let reported = seen.prefix(Self.mostReported).compactMap {
            $0.report(waiting, reader, process.pid)
        }
        return SocketReader(
            epolls: holding, threads: reported, isDenied: isDenied, threadCount: threadCount,
            threadsPassedOver: passedOver.count)
    }
}

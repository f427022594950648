internal import Glibc
internal import ProcFormats
internal import Units

/// Who holds which socket open, found by going through the descriptors of processes: about 3 µs
/// each, so only of those that may hold what is not known, and in pieces. Belongs to one thread.
///
/// A round first goes through the processes that are new or have another number of open files than
/// at their last walk. Where that does not find all, since one may have closed a socket and opened
/// another, it goes through the others, which it does not do often. What none of them holds is not
/// searched any more: it is the kernel's own, or held by a process that cannot be seen.
final class OwnerIndex {
    /// Who holds a socket: the process with the lowest number, and how many others.
    struct Holding: Hashable {
        var owner: SocketOwner
        var others: Int
    }

    private struct Holder {
        /// The number of its open files at its last walk; nil if it must be walked again.
        var count: Int64?
        var round = 0
        var thread: ThreadID
        /// In the order of inodes, each once.
        var sockets: [(inode: UInt32, descriptor: Int32)] = []
        var isDenied = false
    }

    private enum Stage: Hashable {
        case changed
        case others
    }

    private let root: ProcRoot
    /// By number, ascending: the processes that there are.
    private var processes: [ProcessIdentity] = []
    private var holders: [ProcessIdentity: Holder] = [:]
    private var holdings: [UInt32: Holding] = [:]
    /// Inodes of sockets that are there and have no known owner.
    private var unowned: Set<UInt32> = []
    /// Those among them that no process holds.
    private var settled: Set<UInt32> = []
    /// What the latest `assign` said of which inode, in the order of the sockets; and of which there
    /// is something else to say since.
    private var assigned: [(inode: UInt32, holding: Holding?)] = []
    private var changed: Set<UInt32> = []

    /// There are processes that were never walked, or have to be again.
    private var hasNews = false
    private var round = 0
    private var stage: Stage?
    /// Still to be walked in this stage; from the end.
    private var queue: [ProcessIdentity] = []
    private var walk: (process: ProcessIdentity, walk: DescriptorWalk)?
    private var othersDue = Nanoseconds(0)
    private var othersCost = Nanoseconds(0)

    init(root: ProcRoot) {
        self.root = root
    }

    /// Sockets whose owner is not known, and is still searched.
    var pending: Int { unowned.count - settled.count }
    private(set) var deniedProcesses = 0
    /// A round goes on.
    var isSearching: Bool { stage != nil }
    /// Goes up whenever `assign` may say something else.
    private(set) var revision = 0

    // MARK: What there is

    /// Tells who is there, by number ascending. Those that ended hold nothing any more.
    func update(processes: [ProcessIdentity]) {
        guard processes != self.processes else { return }
        self.processes = processes
        var ended = holders
        for process in processes {
            if ended.removeValue(forKey: process) == nil {
                holders[process] = Holder(thread: ThreadID(process.pid.rawValue))
                hasNews = true
            }
        }
        for (process, holder) in ended {
            holders[process] = nil
            if holder.isDenied { deniedProcesses -= 1 }
            take(holder.sockets, from: process)
        }
    }

    /// Fills in who holds these sockets, which are all there are, as far as it is known; a search for
    /// the others' owners begins.
    func assign(to sockets: inout [SocketSample]) {
        unowned.removeAll(keepingCapacity: true)
        for index in sockets.indices {
            let inode = sockets[index].inode
            // The kernel lists the same sockets in the same order, mostly: only another is searched.
            if index >= assigned.count || assigned[index].inode != inode
                || (!changed.isEmpty && changed.contains(inode))
            {
                let entry = (inode: inode, holding: inode == 0 ? nil : holdings[inode])
                if index < assigned.count {
                    assigned[index] = entry
                } else {
                    assigned.append(entry)
                }
            }
            if let holding = assigned[index].holding {
                // Rows that others hold, too, are copied once written to.
                guard
                    sockets[index].owner != holding.owner
                        || sockets[index].otherOwners != holding.others
                else { continue }
                sockets[index].owner = holding.owner
                sockets[index].otherOwners = holding.others
            } else if inode != 0 {
                unowned.insert(inode)
            }
        }
        assigned.removeLast(max(0, assigned.count - sockets.count))
        changed.removeAll(keepingCapacity: changed.count < 1000)
        settled.formIntersection(unowned)
        if stage == nil, hasNews || pending > 0 { begin(.changed) }
    }

    /// Checks whether those who held a socket still do. Who does not is walked again.
    func verify(_ inode: UInt32) {
        for owner in holders(of: inode) {
            guard let holder = holders[owner.process] else { continue }
            let target = DescriptorWalk.target(
                of: owner.descriptor, of: owner.process.pid, thread: holder.thread, in: root)
            guard target != .socket(inode: inode) else { continue }
            holders[owner.process]?.count = nil
            holders[owner.process]?.sockets.removeAll { $0.inode == inode }
            take([(inode, owner.descriptor)], from: owner.process)
            if holdings[inode] == nil { unowned.insert(inode) }
            hasNews = true
        }
    }

    /// All who are known to hold a socket, the one with the lowest number first.
    func holders(of inode: UInt32) -> [SocketOwner] {
        guard let holding = holdings[inode] else { return [] }
        guard holding.others > 0 else { return [holding.owner] }
        return processes.compactMap { process in
            descriptor(of: inode, in: process).map { SocketOwner(process: process, descriptor: $0) }
        }
    }

    // MARK: The search

    /// Goes on with the search until it is over or `isTimeUp`.
    func search(until isTimeUp: () -> Bool) {
        while let stage, !isTimeUp() {
            let began = CPUTime.ofThread
            if !step(stage, isTimeUp) { end(stage) }
            if stage == .others { othersCost += CPUTime.ofThread.since(began) }
        }
    }

    private func begin(_ stage: Stage) {
        self.stage = stage
        if stage == .changed {
            round += 1
            hasNews = false
        }
        // From the end: who holds sockets already comes first, and then who has the lowest number.
        var likely: [ProcessIdentity] = []
        queue.removeAll(keepingCapacity: true)
        for process in processes.reversed() {
            if holders[process]?.sockets.isEmpty == false {
                likely.append(process)
            } else {
                queue.append(process)
            }
        }
        queue += likely
    }

    private func end(_ stage: Stage) {
        self.stage = nil
        switch stage {
        case .changed where pending > 0 && processes.contains { holders[$0]?.round != round }:
            if .sinceBoot >= othersDue {
                othersCost = Nanoseconds(0)
                begin(.others)
            }
        case .changed, .others:
            settled = unowned
            if stage == .others {
                othersDue = .sinceBoot + SamplingPlan.ownerSearchPause(after: othersCost)
            }
        }
    }

    /// One process, or a piece of one. False when the stage is over.
    private func step(_ stage: Stage, _ isTimeUp: () -> Bool) -> Bool {
        if let (process, walk) = walk {
            guard walk.advance(until: isTimeUp) else { return true }
            self.walk = nil
            finish(process, walk)
            return true
        }
        if stage == .others, pending == 0 { return false }
        guard let process = queue.popLast() else { return false }
        guard let holder = holders[process], isWorthAWalk(process, holder, stage) else {
            return true
        }
        do throws(ProcError) {
            walk = (process, try DescriptorWalk(process.pid, in: root))
            note(process, isDenied: false)
        } catch {
            holders[process]?.round = round
            holders[process]?.count = 0
            if case .denied = error { note(process, isDenied: true) }
        }
        return true
    }

    private func isWorthAWalk(
        _ process: ProcessIdentity, _ holder: Holder, _ stage: Stage
    ) -> Bool {
        guard let count = holder.count else { return true }
        if stage == .others { return holder.round != round }
        // All are found: only who was never walked may hold something, too.
        guard pending > 0, !holder.isDenied else { return false }
        let folder = ProcFile.thread(process.pid, holder.thread, "fd")
        let status = root.status(of: folder)
        return status.map { Int64($0.st_size) != count } ?? false
    }

    private func note(_ process: ProcessIdentity, isDenied: Bool) {
        guard let before = holders[process]?.isDenied, before != isDenied else { return }
        holders[process]?.isDenied = isDenied
        deniedProcesses += isDenied ? 1 : -1
    }

    private func finish(_ process: ProcessIdentity, _ walk: DescriptorWalk) {
        guard let before = holders[process] else { return }
        var sockets: [(inode: UInt32, descriptor: Int32)] = []
        sockets.reserveCapacity(walk.sockets.count)
        for socket in walk.sockets where socket.inode != sockets.last?.inode {
            sockets.append(socket)
        }
        take(before.sockets, from: process)
        give(sockets, to: process)
        holders[process] = Holder(
            count: walk.count, round: round, thread: walk.thread, sockets: sockets)
    }

    // MARK: Who holds what

    private func give(_ sockets: [(inode: UInt32, descriptor: Int32)], to process: ProcessIdentity)
    {
        for (inode, descriptor) in sockets {
            changed.insert(inode)
            let owner = SocketOwner(process: process, descriptor: descriptor)
            if let holding = holdings[inode] {
                let isLower = process.pid < holding.owner.process.pid
                holdings[inode] = Holding(
                    owner: isLower ? owner : holding.owner, others: holding.others + 1)
            } else {
                holdings[inode] = Holding(owner: owner, others: 0)
                unowned.remove(inode)
                settled.remove(inode)
            }
        }
        if !sockets.isEmpty { revision += 1 }
    }

    private func take(
        _ sockets: [(inode: UInt32, descriptor: Int32)], from process: ProcessIdentity
    ) {
        for (inode, _) in sockets {
            guard let holding = holdings[inode] else { continue }
            changed.insert(inode)
            if holding.others == 0 {
                holdings[inode] = nil
            } else if holding.owner.process != process {
                holdings[inode]?.others -= 1
            } else {
                holdings[inode] = next(after: process, of: inode, others: holding.others - 1)
            }
        }
        if !sockets.isEmpty { revision += 1 }
    }

    /// Who holds a socket when its owner does not any more. Rare: all are asked.
    private func next(
        after process: ProcessIdentity, of inode: UInt32, others: Int
    ) -> Holding? {
        for other in processes where other != process {
            guard let descriptor = descriptor(of: inode, in: other) else { continue }
            let owner = SocketOwner(process: other, descriptor: descriptor)
            return Holding(owner: owner, others: others)
        }
        return nil
    }

    private func descriptor(of inode: UInt32, in process: ProcessIdentity) -> Int32? {
        guard let sockets = holders[process]?.sockets else { return nil }
        var range = sockets.indices
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if sockets[middle].inode < inode {
                range = (middle + 1)..<range.upperBound
            } else {
                range = range.lowerBound..<middle
            }
        }
        guard range.lowerBound < sockets.count, sockets[range.lowerBound].inode == inode else {
            return nil
        }
        return sockets[range.lowerBound].descriptor
    }
}

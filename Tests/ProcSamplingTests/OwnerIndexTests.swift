import Glibc
import Testing
import Units

@testable import ProcSampling

/// Who holds which socket: sockets of this very process, of its children, and of made processes.
struct OwnerIndexTests {
    private let root: ProcRoot
    private let me: ProcessIdentity
    private let index: OwnerIndex

    init() throws {
        root = try ProcRoot()
        me = try #require(root.identity(of: ProcessID(getpid())))
        index = OwnerIndex(root: root)
    }

    /// A socket of this process, and how a table shows it.
    private final class OpenSocket {
        let descriptor: Int32
        let inode: UInt32

        init() throws {
            descriptor = socket(
                AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var status = stat()
            try #require(fstat(descriptor, &status) == 0)
            inode = UInt32(status.st_ino)
        }

        deinit { close(descriptor) }
    }

    private static func sample(_ inode: UInt32) -> SocketSample {
        SocketSample(
            id: SocketID(namespace: NamespaceID(1), cookie: UInt64(inode)), transport: .udp,
            local: .none, peer: .none, state: .close, inode: inode)
    }

    /// What is found of these sockets when the search is over.
    private func search(_ index: OwnerIndex, _ inodes: UInt32...) -> [SocketSample] {
        var samples = inodes.map(Self.sample)
        index.assign(to: &samples)
        while index.isSearching { index.search { false } }
        samples = inodes.map(Self.sample)
        index.assign(to: &samples)
        return samples
    }

    @Test func ourOwnSocketIsOurs() throws {
        let socket = try OpenSocket()
        index.update(processes: [me])
        let found = search(index, socket.inode, 0)
        #expect(found[0].owner == SocketOwner(process: me, descriptor: socket.descriptor))
        #expect(found[0].otherOwners == 0)
        #expect(found[1].owner == nil)
        #expect(index.pending == 0)
        #expect(index.deniedProcesses == 0)
    }

    @Test func whatNobodyHoldsIsSearchedOnce() {
        index.update(processes: [me])
        #expect(search(index, .max)[0].owner == nil)
        #expect(index.pending == 0)
        #expect(!index.isSearching)
    }

    @Test func aNewSocketIsFound() throws {
        index.update(processes: [me])
        _ = search(index, .max)
        let socket = try OpenSocket()
        // Other tests open and close files meanwhile: their number may be the same by chance, and
        // then it takes the time to the next search of those that seem unchanged.
        var others: [OpenSocket] = []
        #expect(
            SlowLaneTests.poll {
                if let other = try? OpenSocket() { others.append(other) }
                return search(index, socket.inode)[0].owner?.process == me
            })
    }

    @Test func aCopyHasTheLowestNumber() throws {
        let socket = try OpenSocket()
        let copy = fcntl(socket.descriptor, F_DUPFD_CLOEXEC, 500)
        defer { close(copy) }
        index.update(processes: [me])
        let found = search(index, socket.inode)
        #expect(found[0].owner?.descriptor == socket.descriptor)
        #expect(found[0].otherOwners == 0)
    }

    @Test func aSocketThatIsInheritedHasTwoOwnersAndThenOne() throws {
        let socket = try OpenSocket()
        let child = try Heir(inheriting: socket.descriptor)
        defer { child.end() }
        let other = try #require(root.identity(of: ProcessID(child.pid)))
        index.update(processes: [me, other].sorted { $0.pid < $1.pid })
        var found = search(index, socket.inode)
        #expect(found[0].owner?.process == min(me, other))
        #expect(found[0].otherOwners == 1)
        let both = [
            SocketOwner(process: me, descriptor: socket.descriptor),
            SocketOwner(process: other, descriptor: 0),
        ]
        #expect(
            index.holders(of: socket.inode) == both.sorted { $0.process.pid < $1.process.pid })
        #expect(index.holders(of: .max).isEmpty)

        child.end()
        index.update(processes: [me])
        found = search(index, socket.inode)
        #expect(found[0].owner == SocketOwner(process: me, descriptor: socket.descriptor))
        #expect(found[0].otherOwners == 0)
        #expect(index.holders(of: socket.inode).map(\.process) == [me])
    }

    @Test func anOwnerThatClosedItIsFoundOutAndTheOtherOneNamed() throws {
        var socket: OpenSocket? = try OpenSocket()
        let inode = try #require(socket?.inode)
        let child = try Heir(inheriting: try #require(socket?.descriptor))
        defer { child.end() }
        let other = try #require(root.identity(of: ProcessID(child.pid)))
        index.update(processes: [me, other].sorted { $0.pid < $1.pid })
        _ = search(index, inode)
        socket = nil
        index.verify(inode)
        let found = search(index, inode)
        #expect(found[0].owner == SocketOwner(process: other, descriptor: 0))
        #expect(found[0].otherOwners == 0)
    }

    @Test func ownersStayWithTheirSocketsWhenOthersComeAndGo() throws {
        let sockets = [try OpenSocket(), try OpenSocket(), try OpenSocket()]
        index.update(processes: [me])
        var found = search(index, sockets[0].inode, sockets[1].inode, sockets[2].inode)
        func expectOwn(_ sockets: [OpenSocket]) {
            #expect(found.map(\.owner?.descriptor) == sockets.map(\.descriptor))
        }
        expectOwn(sockets)
        for order in [[1, 2], [0, 1, 2], [2, 1, 0], [2]] {
            let some = order.map { sockets[$0] }
            found = some.map { Self.sample($0.inode) }
            index.assign(to: &found)
            expectOwn(some)
        }
        found = [Self.sample(0), Self.sample(sockets[0].inode)]
        index.assign(to: &found)
        #expect(found.map(\.owner?.descriptor) == [nil, sockets[0].descriptor])
    }

    // MARK: Made processes

    /// A process of a made tree, with what its descriptors lead to.
    private func set(_ tree: FakeTree, _ folder: String, _ links: [Int: String]) {
        tree.write(folder + "/.keep", "")
        for (number, target) in links { symlink(target, "\(tree.path)/\(folder)/\(number)") }
    }

    private func identity(_ pid: Int32) -> ProcessIdentity {
        ProcessIdentity(pid: ProcessID(pid), startTime: ClockTicks(500))
    }

    @Test func aFirstThreadThatEndedHidesNothing() throws {
        let tree = FakeTree()
        tree.setProcess(100, [(100, FakeTree.Task(state: "Z")), (101, FakeTree.Task())])
        set(tree, "100/fd", [:])
        set(tree, "100/task/100/fd", [:])
        set(tree, "100/task/101/fd", [7: "socket:[4711]"])
        let index = OwnerIndex(root: try ProcRoot(path: tree.path))
        index.update(processes: [identity(100)])
        #expect(
            search(index, 4711)[0].owner == SocketOwner(process: identity(100), descriptor: 7))
    }

    @Test func descriptorsAreToldApart() throws {
        let tree = FakeTree()
        tree.setProcess(100, [(100, FakeTree.Task())])
        set(
            tree, "100/fd",
            [
                0: "/dev/null", 1: "socket:[4294967295]", 2: "pipe:[3]",
                3: "anon_inode:[eventpoll]", 4: "socket:[]", 5: "socket:[12", 6: "socket:[1x2]",
                7: "/tmp/socket:[5]", 123456: "socket:[6]",
            ])
        let walk = try DescriptorWalk(ProcessID(100), in: ProcRoot(path: tree.path))
        #expect(walk.advance { false })
        #expect(walk.sockets.map(\.inode) == [6, .max])
        #expect(walk.sockets.map(\.descriptor) == [123_456, 1])
        #expect(walk.epolls == [3])
    }

    @Test func manyDescriptorsAreGoneThroughInPieces() throws {
        let tree = FakeTree()
        tree.setProcess(100, [(100, FakeTree.Task())])
        set(
            tree, "100/fd",
            Dictionary(uniqueKeysWithValues: (0..<100).map { ($0, "socket:[\($0 + 1)]") }))
        let walk = try DescriptorWalk(ProcessID(100), in: ProcRoot(path: tree.path))
        var pieces = 1
        while !walk.advance(until: { true }) { pieces += 1 }
        #expect(pieces > 3)
        #expect(walk.sockets.count == 100)
    }
}

private func min(_ a: ProcessIdentity, _ b: ProcessIdentity) -> ProcessIdentity {
    a.pid < b.pid ? a : b
}

/// A program that has a socket of ours as its standard input.
final class Heir {
    private(set) var pid: pid_t = 0

    init(inheriting descriptor: Int32, running words: [String] = ["sleep", "1000"]) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, descriptor, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { arguments.forEach { free($0) } }
        try #require(posix_spawnp(&pid, words[0], &actions, nil, arguments, environ) == 0)
    }

    func end() {
        guard pid > 0 else { return }
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
        pid = 0
    }
}

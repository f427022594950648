import Glibc
import ProcFormats
import Synchronization
import Testing
import Units

@testable import ProcSampling

/// The lane on this machine: namespaces, owners, and a reader that has stopped reading.
struct LiveLaneTests {
    private let root: ProcRoot
    private let me: ProcessIdentity
    private let lane: NetworkLane

    init() throws {
        root = try ProcRoot()
        me = try #require(root.identity(of: ProcessID(getpid())))
        lane = NetworkLane(root: root, changed: {})
    }

    private func read(
        _ wish: NetworkWish, beside others: ProcessIdentity...
    ) throws -> NetworkReading {
        lane.refresh(wish, processes: ([me] + others).sorted { $0.pid < $1.pid })
        lane.wait(atMost: .seconds(20))
        return try #require(lane.reading)
    }

    /// A UDP socket on the loopback, of the namespace of the calling thread.
    private final class Receiver: Sendable {
        let descriptor: Int32
        let inode: UInt32
        let port: UInt16

        init() throws {
            descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let descriptor = descriptor
            try withUnsafeMutablePointer(to: &address) { pointer in
                try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    try #require(bind(descriptor, $0, length) == 0)
                    try #require(getsockname(descriptor, $0, &length) == 0)
                }
            }
            port = UInt16(bigEndian: address.sin_port)
            var status = stat()
            try #require(fstat(descriptor, &status) == 0)
            inode = UInt32(status.st_ino)
        }

        deinit { close(descriptor) }

        /// Sends datagrams to it.
        func send(_ count: Int) {
            let sender = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            defer { close(sender) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            address.sin_port = port.bigEndian
            let bytes = [UInt8](repeating: 0, count: 1000)
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    for _ in 0..<count {
                        sendto(
                            sender, bytes, bytes.count, 0, $0,
                            socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                }
            }
        }
    }

    @Test func socketsHaveOwnersAndCountersAreRead() throws {
        let receiver = try Receiver()
        let reading = try read(NetworkWish(tables: .all, wantsNamespaces: true))
        let row = try #require(reading.sockets.sockets.first { $0.inode == receiver.inode })
        #expect(row.owner == SocketOwner(process: me, descriptor: receiver.descriptor))
        #expect(row.local == .ip(IPAddress(v4: 0x7F00_0001), port: receiver.port))
        #expect(reading.sockets.tables == .all)
        #expect(reading.counters[.udpReceived] != nil)
        #expect(reading.interfaces.contains { $0.isLoopback })
        #expect(reading.failure == nil)
        let own = try #require(reading.namespaces?.namespaces.first)
        #expect(own.isOwn)
        #expect(try own.id == NamespaceID(of: me.pid, in: root))
        #expect(own.process == me)
        #expect(reading.namespace.id == own.id)
    }

    @Test func aTreeThatIsNotLiveHasNoOwners() throws {
        let tree = FakeTree()
        tree.setProcess(100, [(100, FakeTree.Task())])
        tree.write("net/snmp", "Udp: InDatagrams InErrors\nUdp: 12 3\n")
        let sampler = try tree.sampler()
        let network = try #require(sampler.sample(Interest(), depth: .everything).network)
        #expect(network.counters[.udpErrors]?.total == 3)
        #expect(network.sockets.owners.isImpossible)
        guard case .files = network.sockets.source else {
            Issue.record("\(network.sockets.source)")
            return
        }
    }

    // MARK: Namespaces

    @Test(.needsNamespace)
    func socketsOfAnotherNamespaceAreReadInIt() async throws {
        var other: TestNamespace? = try TestNamespace("lane")
        let name = try #require(other?.name)
        let id = try NamespaceID(named: name)
        let receiver = try #require(try await other?.run { try Receiver() })
        let wish = NetworkWish(namespace: id, tables: .all, wantsNamespaces: true)
        var reading = try read(wish)
        #expect(reading.failure == nil)
        #expect(reading.namespace.names == [name])
        #expect(!reading.namespace.isOwn)
        #expect(reading.sockets.source == .netlink)
        let row = try #require(reading.sockets.sockets.first { $0.inode == receiver.inode })
        #expect(row.owner == SocketOwner(process: me, descriptor: receiver.descriptor))
        #expect(row.id.namespace == id)
        #expect(reading.interfaces.map(\.name) == ["lo"])
        #expect(reading.namespaces?.namespaces.contains { $0.id == id } == true)
        // Counters are of the namespace, too: nobody has sent anything there.
        #expect(reading.counters[.udpSent]?.total == 0)

        // Back in ours, and there again.
        #expect(try read(NetworkWish(tables: .udp)).namespace.isOwn)
        #expect(try read(wish).sockets.sockets.contains { $0.inode == receiver.inode })

        // Its name is gone, and no process is in it.
        other = nil
        #expect(
            SlowLaneTests.poll {
                guard let next = try? read(wish) else { return false }
                reading = next
                return next.failure != nil
            })
        #expect(reading.failure == .vanished(path: "net:[\(id.rawValue)]"))
        #expect(reading.sockets.sockets.isEmpty)
    }

    @Test func namesThatStandForNoNamespaceAreRefused() {
        for name in ["", ".", "..", "../../proc/self/ns/net", "no-such-namespace-\(getpid())"] {
            #expect(throws: ProcError.self) { try NamespaceID(named: name) }
        }
        #expect(NamespaceID(ofFile: "/proc/self/stat") == nil)
    }

    @Test func withoutRightsWhatMayNotBeSeenIsCounted() async {
        await #expect(processExitsWith: .success) {
            if geteuid() == 0 { try #require(setuid(65534) == 0) }
            let root = try ProcRoot()
            let first = try #require(root.identity(of: ProcessID(1)))
            #expect(throws: ProcError.denied(path: "1/ns/net")) {
                try NamespaceID(of: first.pid, in: root)
            }
            let lane = NetworkLane(root: root, changed: {})
            lane.refresh(
                NetworkWish(tables: [.tcp, .udp, .unix], wantsNamespaces: true), processes: [first])
            lane.wait(atMost: .seconds(20))
            let reading = try #require(lane.reading)
            #expect(reading.failure == nil)
            #expect(reading.namespaces?.deniedProcesses == 1)
            let hasInodes = reading.sockets.sockets.contains { $0.inode != 0 }
            #expect(reading.sockets.owners.deniedProcesses == (hasInodes ? 1 : 0))
            #expect(reading.sockets.sockets.allSatisfy { $0.owner == nil })
        }
    }

    // MARK: A reader that stopped

    /// Waits for a receiver by an edge-triggered epoll, and never reads.
    private final class StalledReader: Sendable {
        let epoll: Int32
        let thread = Mutex<Int32?>(nil)
        private let isStopped = Atomic(false)

        private typealias Create = @convention(c) (Int32) -> Int32
        private typealias Control =
            @convention(c) (
                Int32, Int32, Int32, UnsafeMutableRawPointer?
            ) -> Int32
        private typealias Wait =
            @convention(c) (
                Int32, UnsafeMutableRawPointer?, Int32, Int32
            ) -> Int32

        /// sys/epoll.h is not imported by Swift.
        private static func function<Type>(_ name: String, _: Type.Type) throws -> Type {
            unsafeBitCast(try #require(dlsym(nil, name)), to: Type.self)
        }

        init(of receiver: Receiver) throws {
            epoll = try Self.function("epoll_create1", Create.self)(0)
            // EPOLLIN, EPOLLET, and eight bytes of data.
            var event: [UInt32] = [1 | 1 << 31, 0, 0, 0]
            let control = try Self.function("epoll_ctl", Control.self)
            try #require(control(epoll, 1, receiver.descriptor, &event) == 0)
            let wait = try Self.function("epoll_wait", Wait.self)
            try #require(
                DetachedThread.start(name: "reader", stackSize: 256 * 1024) {
                    self.run(wait)
                })
        }

        private func run(_ wait: Wait) {
            var name = [CChar](repeating: 0, count: 64)
            let count = readlink("/proc/thread-self", &name, name.count)
            let path = String(
                decoding: name.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
            thread.withLock { $0 = path.split(separator: "/").last.flatMap { Int32($0) } }
            var events = [UInt32](repeating: 0, count: 4)
            while !isStopped.load(ordering: .relaxed) { _ = wait(epoll, &events, 1, 60_000) }
            close(epoll)
        }

        /// The next datagram wakes it for the last time.
        func stop() { isStopped.store(true, ordering: .relaxed) }
    }

    @Test func aBurstShowsAFullQueueAndTheReaderAsleepInItsEpoll() throws {
        let receiver = try Receiver()
        let reader = try StalledReader(of: receiver)
        defer { reader.stop() }
        #expect(SlowLaneTests.poll { reader.thread.withLock { $0 != nil } })
        receiver.send(1000)

        var wish = NetworkWish(tables: .udp)
        let row = try #require(
            try read(wish).sockets.sockets.first { $0.inode == receiver.inode })
        #expect(try #require(row.drops).total > 0)
        wish.burst = NetworkWish.Burst(sockets: [row.id], number: 1)
        _ = try read(wish)
        #expect(SlowLaneTests.poll { lane.reading?.bursts[row.id]?.queue.isEmpty == false })
        receiver.send(10)
        #expect(SlowLaneTests.poll { lane.reading?.bursts[row.id]?.isComplete == true })

        let burst = try #require(lane.reading?.bursts[row.id])
        #expect(burst.number == 1)
        #expect(burst.duration >= .seconds(5))
        #expect(burst.queue.count <= 501)
        #expect(Set(burst.queue).count == 1)
        #expect(burst.charged == burst.queue)
        #expect(burst.buffer == row.receiveBuffer)
        #expect(try #require(burst.queue.first) > UInt32(burst.buffer.rawValue / 10 * 9))
        #expect(burst.dropped == 10)
        #expect(burst.cost > .zero)

        #expect(burst.reader.owner == SocketOwner(process: me, descriptor: receiver.descriptor))
        #expect(burst.reader.otherOwners == 0)
        #expect(
            burst.reader.epolls == [
                .init(descriptor: reader.epoll, isEdgeTriggered: true)
            ])
        #expect(!burst.reader.isDenied)
        let thread = try #require(burst.reader.threads.first)
        #expect(burst.reader.threads.count == 1)
        #expect(thread.id.tid.rawValue == reader.thread.withLock { $0 })
        #expect(thread.name == "reader")
        #expect(thread.call == "epoll_wait")
        #expect(thread.epoll == reader.epoll)
        #expect(thread.samples > 0)
        #expect(thread.waits == thread.samples)
        #expect(thread.sleepsElsewhere == 0)
        #expect(thread.runs == 0)
        #expect(thread.cpuTime == Nanoseconds(0))
        #expect(thread.voluntarySwitches == 0)
    }

    @Test func aReaderInACallOnTheSocketWaitsForIt() throws {
        let receiver = try Receiver()
        try #require(
            DetachedThread.start(name: "receiver", stackSize: 256 * 1024) {
                var byte: UInt8 = 0
                while recv(receiver.descriptor, &byte, 1, 0) > 0 {}
            })
        var wish = NetworkWish(tables: .udp)
        let row = try #require(
            try read(wish).sockets.sockets.first { $0.inode == receiver.inode })
        wish.follows = [row.id]
        try awaitCall("recvfrom", on: receiver.descriptor, in: me.pid)
        _ = try read(wish)
        #expect(SlowLaneTests.poll { lane.reading?.bursts[row.id]?.isComplete == true })
        shutdown(receiver.descriptor, Int32(SHUT_RDWR))
        let burst = try #require(lane.reading?.bursts[row.id])
        #expect(burst.queue.allSatisfy { $0 == 0 })
        #expect(burst.dropped == 0)
        #expect(burst.reader.epolls.isEmpty)
        let thread = try #require(burst.reader.threads.first)
        #expect(thread.name == "receiver")
        #expect(thread.call == "recvfrom")
        #expect(thread.epoll == nil)
        #expect(thread.waits == thread.samples)
    }

    /// We hold it and never read; a child that has it from us does.
    @Test func aReaderInAnotherProcessThatHoldsTheSocketIsSeen() throws {
        let receiver = try Receiver()
        let child = try Heir(inheriting: receiver.descriptor, running: ["cat"])
        defer { child.end() }
        let reader = try #require(root.identity(of: ProcessID(child.pid)))
        var wish = NetworkWish(tables: .udp)
        let row = try #require(
            try read(wish, beside: reader).sockets.sockets.first { $0.inode == receiver.inode })
        #expect(row.otherOwners == 1)
        wish.follows = [row.id]
        try awaitCall("read", on: 0, in: reader.pid)
        _ = try read(wish, beside: reader)
        #expect(SlowLaneTests.poll { lane.reading?.bursts[row.id]?.isComplete == true })
        let burst = try #require(lane.reading?.bursts[row.id])
        #expect(burst.reader.owner == row.owner)
        #expect(burst.reader.otherOwners == 0, "nobody who was not polled")
        #expect(burst.reader.threads.count == 1)
        let thread = try #require(burst.reader.threads.first)
        #expect(thread.id.tid.rawValue == child.pid)
        #expect(thread.process == (row.owner?.process == me ? reader.pid : nil))
        #expect(thread.call == "read")
        #expect(thread.samples > 0 && thread.waits == thread.samples)
    }
    /// Until a thread sleeps in the call: on a busy box one that was started may not have come there yet.
    private func awaitCall(_ name: String, on descriptor: Int32, in process: ProcessID) throws {
        let reader = ProcReader(root: root)
        func isInCall(_ thread: ThreadID) -> Bool {
            let file = ProcFile.thread(process, thread, "syscall")
            let call = try? reader.read(file) { bytes throws(ParseError) in
                try TaskSyscall(parsing: bytes)
            }
            guard case .blocked(let number, let arguments) = call?.record else { return false }
            return SystemCallTable.name(of: number) == name
                && arguments.first == UInt64(descriptor)
        }
        try #require(
            SlowLaneTests.poll {
                (try? root.threads(of: process))?.contains(where: isInCall) == true
            })
    }
}

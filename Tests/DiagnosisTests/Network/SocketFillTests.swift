import Diagnosis
import ProcSampling
import Testing
import Units

/// When a queue is called full, wherever it is told.
@Suite struct SocketFillTests {
    private func listener(_ queue: UInt64?, of backlog: UInt64?) -> SocketSample {
        SocketSample(
            id: MadeNetwork.id(1), transport: .tcp, local: .none, peer: .none, state: .listen,
            receiveQueue: queue, sendQueue: backlog)
    }

    /// The kernel takes one more than the backlog says.
    @Test func anAcceptQueueIsFullBeyondItsBacklog() {
        #expect(!listener(128, of: 128).isAcceptQueueFull)
        #expect(listener(129, of: 128).isAcceptQueueFull)
        #expect(!listener(0, of: 0).isAcceptQueueFull)
        #expect(!listener(nil, of: 128).isAcceptQueueFull)
        #expect(!listener(129, of: nil).isAcceptQueueFull, "/proc/net/tcp does not tell it")
        var connection = listener(129, of: 128)
        connection.state = .established
        #expect(!connection.isAcceptQueueFull)
    }

    @Test func aReceiveQueueIsFullAtNineTenths() {
        var socket = MadeNetwork.udp(1)
        #expect(socket.queueShare == nil)
        socket.receiveBuffer = ByteCount(1000)
        socket.receiveQueue = 899
        #expect(socket.queueShare == 0.899)
        #expect(!socket.isQueueFull)
        socket.receiveQueue = 900
        #expect(socket.isQueueFull)
        socket.receiveBuffer = ByteCount(0)
        #expect(!socket.isQueueFull, "not told")
        socket.receiveBuffer = nil
        #expect(socket.queueShare == nil)
    }
}

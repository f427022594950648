package import Samples
internal import Units

/// How full the queues of a socket are: one rule for findings and for colours.
extension SocketSample {
    /// A listener's queue of connections that wait for accept(2) has no place left: the kernel
    /// refuses the next one when there is one more than the backlog says (`sk_acceptq_is_full`).
    package var isAcceptQueueFull: Bool {
        guard state == .listen, let receiveQueue, let sendQueue else { return false }
        return receiveQueue > sendQueue
    }

    /// The share of its receive buffer that is in use, from 0 to 1 or a little more; nil where the
    /// buffer is not told.
    package var queueShare: Double? {
        guard state != .listen, let receiveQueue, let size = receiveBuffer?.rawValue, size > 0
        else { return nil }
        return Double(receiveQueue) / Double(size)
    }

    /// As far as one sample can tell: `QueueShape` has those of a burst.
    package var isQueueFull: Bool { queueShare.map { $0 >= QueueShape.fullShare } ?? false }
}

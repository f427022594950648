import Diagnosis
import ProcSampling
import Units

/// A socket as JSON; the names and units are in PRODUCT.md and in `dxtop help watch`.
struct SocketDocument: Encodable {
    let socket: SocketSample
    /// The owner's name, where it is known.
    let process: String?
    /// When it was read, on the clock of `SocketSample.since`.
    let moment: Nanoseconds

    func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try write(to: &fields)
    }

    func write(to fields: inout FieldWriter) throws {
        try fields.write("protocol", socket.transport.name)
        try fields.write("family", socket.family)
        try fields.write("local_address", socket.local.address)
        try fields.write("local_port", socket.local.port)
        try fields.write("peer_address", socket.peer.address)
        try fields.write("peer_port", socket.peer.port)
        try fields.write("state", socket.stateName)
        try fields.write("inode", socket.inode == 0 ? nil : socket.inode)
        try fields.write("netns", socket.id.namespace.rawValue)
        try fields.write("pid", socket.owner?.process.pid.rawValue)
        try fields.write("fd", socket.owner?.descriptor)
        try fields.write("process", process)
        // Of a listener these count connections, not bytes.
        try fields.write("receive_queue_bytes", isListener ? nil : socket.receiveQueue)
        try fields.write("send_queue_bytes", isListener ? nil : socket.sendQueue)
        try fields.write("accept_queue", isListener ? socket.receiveQueue : nil)
        try fields.write("accept_queue_limit", isListener ? socket.sendQueue : nil)
        try fields.write("receive_buffer_bytes", socket.receiveBuffer?.rawValue)
        try fields.write("drops_total", socket.drops?.total)
        try fields.write("drops_per_second", socket.drops?.rate?.rawValue.rounded2)
        try fields.write("retransmits_total", socket.tcp?.retransmits?.total)
        try fields.write("rtt_microseconds", socket.tcp?.roundTripMicroseconds)
        try fields.write(
            "seen_seconds", Duration(moment.since(socket.since)).components.seconds)
    }

    private var isListener: Bool { socket.state == .listen }
}

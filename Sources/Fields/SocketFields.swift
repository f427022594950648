internal import ProcFormats
internal import Samples
internal import Units

/// The fields of sockets.
package final class SocketFields: Sendable {
    package static let declared = SocketFields()
    package static let table = FieldTable<SocketRow>(of: declared)

    package typealias Field = Fields.Field<SocketRow>

    // MARK: What it is

    package let transport = Field(
        "transport", "P", .fixed(1), .text, json: .named("protocol"),
        help: "t TCP, u UDP, r raw, x UNIX, p packet",
        value: { .text($0.socket.transport.name) },
        shown: { .text(String($0.socket.transport.letter)) },
        key: { .number(Double($0.socket.transport.rawValue)) })

    package let family = Field(
        "family", "FAMILY", .fixed(6), .text, json: .named("family"),
        help: "ipv4, ipv6, unix or packet", value: { .text($0.socket.family) })

    package let state = Field(
        "state", "STATE", .fixed(11), .text, json: .named("state"),
        help: "of TCP as netstat writes it; UNCONN: no peer",
        value: { .text($0.socket.stateName) },
        emphasis: { row in
            switch row.socket.state {
            case .closeWait: .warning
            case .timeWait: .faint
            default: .normal
            }
        })

    package let age = Field(
        .age, "SEEN", .fixed(5), json: .named("seen_seconds"),
        help: "for how long it was seen in this state; + since before dxtop",
        value: { .age($0.age, isAtLeast: $0.socket.isFromBefore) })

    package let inode = Field(
        "inode", "INODE", .fixed(9), json: .named("inode"),
        help: "as the links in /proc/PID/fd name it",
        value: { $0.socket.inode == 0 ? .inapplicable : .number(Int64($0.socket.inode)) },
        key: { .number(Double($0.socket.inode)) })

    package let namespace = Field(
        "namespace", "NETNS", .fixed(10), json: .named("netns"),
        help: "the network namespace it is in, by inode",
        value: { .number(Int64(clamping: $0.socket.id.namespace.rawValue)) })

    // MARK: Its ends

    package let local = Field(
        .local, "LOCAL", .flexible(minimum: 15), .textKeepingEnd,
        json: .screenOnly("documents have local_address and local_port"),
        help: "its own end; :80 is port 80 of every address",
        value: { .text($0.local) },
        key: { SortKey($0.socket.local) })

    package let localHost = Field(
        "localHost", "LOCALADDR", .flexible(minimum: 15), .text, json: .named("local_address"),
        help: "the address of its own end, without the port",
        value: { FieldValue($0.socket.local.address) })

    package let localPort = Field(
        "localPort", "LPORT", .fixed(5), json: .named("local_port"),
        help: "the port of its own end", value: { FieldValue(number: $0.socket.local.port) })

    package let peer = Field(
        .peer, "PEER", .flexible(minimum: 15), .textKeepingEnd,
        json: .screenOnly("documents have peer_address and peer_port"),
        help: "the other end; of a UNIX socket its inode",
        value: { .text($0.peer) },
        key: { SortKey($0.socket.peer) })

    package let peerHost = Field(
        "peerHost", "PEERADDR", .flexible(minimum: 15), .text, json: .named("peer_address"),
        help: "the address of the other end, without the port",
        value: { FieldValue($0.socket.peer.address) })

    package let peerPort = Field(
        "peerPort", "PPORT", .fixed(5), json: .named("peer_port"),
        help: "the port of the other end", value: { FieldValue(number: $0.socket.peer.port) })

    package let interface = Field(
        "interface", "IFACE", .fixed(8), .text, json: .named("interface"),
        help: "the interface it is bound to",
        value: { row in
            row.context.reading.interfaceName(of: row.socket).map { .text($0) } ?? .inapplicable
        })

    // MARK: Whose it is

    package let holder = Field(
        "holder", "PID/FD", .fixed(9), .text,
        json: .screenOnly("documents have pid and fd"),
        help: "who holds it open, as which fd; + others hold it, too",
        value: { row in
            guard let owner = row.socket.owner else { return row.noOwner }
            let others = row.socket.otherOwners > 0 ? "+" : ""
            return .text("\(owner.process.pid)/\(owner.descriptor)\(others)")
        },
        key: { $0.socket.owner.map(SortKey.init) })

    package let pid = Field(
        "pid", "PID", .fixed(7), json: .named("pid"), help: "who holds it open",
        value: { FieldValue(number: $0.socket.owner?.process.pid.rawValue) },
        key: { $0.socket.owner.map(SortKey.init) })

    package let descriptor = Field(
        "descriptor", "FD", .fixed(5), json: .named("fd"),
        help: "the fd by which that process holds it",
        value: { FieldValue(number: $0.socket.owner?.descriptor) })

    package let process = Field(
        "process", "PROC", .flexible(minimum: 7), .text, json: .named("process"),
        help: "name of that process",
        value: { row in
            FieldValue(row.socket.owner.flatMap { row.context.processName($0.process) })
        })

    package let user = Field(
        "user", "USER", .fixed(8), .text, json: .screenOnly("schema 1 has no owner of a socket"),
        help: "owner, by /etc/passwd",
        value: { FieldValue($0.socket.user, in: $0.context.userNames) })

    // MARK: Queues

    package let receiveQueue = Field(
        .receiveQueue, "RXQ", .fixed(5), json: .named("receive_queue_bytes"),
        metric: "dxtop_socket_receive_queue_bytes",
        help:
            "bytes not read yet; of UDP with the kernel's overhead, of LISTEN connections not accepted",
        value: { $0.isListener ? .inapplicable : $0.queue($0.socket.receiveQueue) },
        shown: { $0.queue($0.socket.receiveQueue) },
        emphasis: { $0.context.isFull($0.socket) ? ($0.isListener ? .critical : .warning) : nil })

    package let sendQueue = Field(
        "sendQueue", "TXQ", .fixed(5), json: .named("send_queue_bytes"),
        metric: "dxtop_socket_send_queue_bytes",
        help: "bytes not sent or not acknowledged; of LISTEN the backlog",
        value: { $0.isListener ? .inapplicable : $0.queue($0.socket.sendQueue) },
        shown: { $0.queue($0.socket.sendQueue) })

    package let acceptQueue = Field(
        "acceptQueue", "ACCEPTQ", .fixed(7), json: .named("accept_queue"),
        metric: "dxtop_socket_accept_queue", help: "of LISTEN, connections not accepted",
        value: { $0.isListener ? $0.queue($0.socket.receiveQueue) : .inapplicable })

    package let acceptQueueLimit = Field(
        "acceptQueueLimit", "BACKLOG", .fixed(7), json: .named("accept_queue_limit"),
        help: "of LISTEN, how many connections may wait",
        value: { $0.isListener ? $0.queue($0.socket.sendQueue) : .inapplicable })

    package let receiveBuffer = Field(
        "receiveBuffer", "RBUF", .fixed(5), json: .named("receive_buffer_bytes"),
        help: "receive buffer", value: { FieldValue($0.socket.receiveBuffer) })

    package let sendBuffer = Field(
        "sendBuffer", "SBUF", .fixed(5),
        json: .screenOnly("schema 1 has no send_buffer_bytes"),
        help: "send buffer", value: { FieldValue($0.socket.sendBuffer) })

    // MARK: Losses

    package let drops = Field(
        "drops", "DROPS", .fixed(6), json: .named("drops_total"),
        metric: "dxtop_socket_drops_total", help: "dropped since it was opened",
        value: { $0.socket.drops.map { .total($0.total) } ?? .unknown })

    package let dropRate = Field(
        .dropRate, "DROP/s", .fixed(7), json: .named("drops_per_second"),
        metric: "dxtop_socket_drops_per_second",
        help: "dropped a second: buffer full, or by a filter or a wrong checksum",
        value: { FieldValue($0.socket.drops?.rate) },
        key: { row in
            row.socket.drops.flatMap { drops in
                drops.rate.map { .pair(Double($0.rawValue), drops.total) }
            }
        },
        mark: { $0.socket.drops?.rate.map { $0 > .zero } ?? false })

    package let retransmits = Field(
        .retransmits, "RETR", .fixed(5), json: .named("retransmits_total"),
        metric: "dxtop_socket_retransmits_total",
        help: "segments sent again since it was opened",
        value: { row in row.ofTCP(row.socket.tcp?.retransmits.map { .total($0.total) }) })

    package let roundTrip = Field(
        "roundTrip", "RTT", .fixed(6), json: .named("rtt_microseconds"),
        metric: "dxtop_socket_rtt_microseconds", help: "smoothed round trip time",
        value: { row in
            row.ofTCP(row.socket.tcp?.roundTripMicroseconds.map { .latency(microseconds: $0) })
        },
        shown: { row in
            guard !row.isListener else { return .inapplicable }
            return row.ofTCP(
                row.socket.tcp?.roundTripMicroseconds.map { .latency(microseconds: $0) })
        })

    package let window = Field(
        "window", "CWND", .fixed(5), json: .screenOnly("schema 1 has no congestion window"),
        help: "congestion window, in segments",
        value: { row in row.ofTCP(row.socket.tcp?.congestionWindow.map { .count(UInt64($0)) }) })
}

/// The fields of UDP sockets that come from samples of their queues: who reads them, and how.
package final class SocketReaderFields: Sendable {
    package static let declared = SocketReaderFields()
    package static let table = FieldTable<SocketRow>(of: declared)

    package typealias Field = Fields.Field<SocketRow>

    package let full = Field(
        "full", "FULL%", .fixed(5), json: .named("full_percent"),
        metric: "dxtop_socket_full_percent",
        help:
            "share of the samples (b: every 10 ms for 5 s) at which the queue was 90 % full, or did "
            + "not move while datagrams were dropped",
        value: { FieldValue($0.reader?.full) },
        emphasis: { row in
            row.reader.map { $0.full >= Percent(90.0) } == true ? .critical : nil
        })

    package let empty = Field(
        "empty", "EMPTY%", .fixed(6), json: .named("empty_percent"),
        metric: "dxtop_socket_empty_percent",
        help: "share of the samples at which the queue was empty",
        value: { FieldValue($0.reader?.empty) })

    package let reader = Field(
        "reader", "READER", .fixed(9), .text, json: .named("reader"),
        help: "ok, slow, STALLED, pauses, small buf: how it is read; Enter shows the proof",
        value: { $0.reader?.kind ?? .unknown },
        shown: { row in
            if let kind = row.reader?.kind { return kind }
            return row.isBeingSampled ? .text("sampling") : .unknown
        },
        key: { $0.reader?.kind.key() },
        emphasis: { $0.reader?.emphasis ?? .faint })

    package let readerThread = Field(
        "readerThread", "TID", .fixed(7), json: .screenOnly("reader_proof names it"),
        help: "the thread that waits for it",
        value: { FieldValue(number: $0.readerThread?.tid.rawValue) })

    package let confidence = Field(
        "confidence", "CONFIDENCE", .fixed(10), .text, json: .named("reader_confidence"),
        help: "how sure that is: high, medium or low",
        value: { FieldValue($0.reader?.confidence) })

    package let claim = Field(
        "claim", "CLAIM", .flexible(minimum: 40), .text, json: .named("reader_claim"),
        help: "how it is read, in a sentence", value: { FieldValue($0.reader?.claim) })

    package let proof = Field(
        "proof", "PROOF", .flexible(minimum: 40), .text, json: .named("reader_proof"),
        help: "what that rests on", value: { $0.reader.map { .list($0.proof) } ?? .unknown })

    package let advice = Field(
        "advice", "ADVICE", .flexible(minimum: 40), .text, json: .named("reader_advice"),
        help: "what to do", value: { FieldValue($0.reader?.advice) })

    package let datagramCost = Field(
        "datagramCost", "COST", .fixed(5), json: .named("datagram_cost_bytes"),
        help: "what one datagram takes of the buffer, overhead included",
        value: { FieldValue($0.reader?.datagramCost) })

    package let capacity = Field(
        "capacity", "FITS", .fixed(5), json: .named("capacity_datagrams"),
        help: "datagrams that fit into the buffer",
        value: { FieldValue(count: $0.reader?.capacity) })
}

extension SortKey {
    fileprivate init(_ owner: SocketOwner) {
        self = .packed(
            UInt64(UInt32(bitPattern: owner.process.pid.rawValue)),
            UInt64(UInt32(bitPattern: owner.descriptor)))
    }
}

import Diagnosis
import ProcSampling
import Units

/// What UDP does and loses in a network namespace, as JSON: counters of version 4 and 6 together,
/// null where this kernel has none.
struct UDPDocument: Encodable {
    let reading: NetworkReading
    let chain: LossChain?
    let sockets: [UDPSocketDocument]

    func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        let counters = reading.counters
        try fields.write("netns", reading.namespace.id.rawValue)
        try fields.write(
            "in_datagrams_per_second",
            counters.sum(.udpReceived, .udp6Received)?.rate?.rawValue.rounded2)
        try fields.write(
            "out_datagrams_per_second", counters.sum(.udpSent, .udp6Sent)?.rate?.rawValue.rounded2)
        for (name, count) in [
            ("receive_buffer_errors", counters.sum(.udpBufferErrors, .udp6BufferErrors)),
            ("memory_errors", counters.sum(.udpMemoryErrors, .udp6MemoryErrors)),
            ("checksum_errors", counters.sum(.udpChecksumErrors, .udp6ChecksumErrors)),
            ("reassembly_failures", counters.sum(.reassemblyFailed, .reassembly6Failed)),
            ("no_port", counters.sum(.udpNoPorts, .udp6NoPorts)),
            ("send_buffer_errors", counters.sum(.udpSendBufferErrors, .udp6SendBufferErrors)),
        ] {
            try fields.write("\(name)_total", count?.total)
            try fields.write("\(name)_per_second", count?.rate?.rawValue.rounded2)
        }
        try fields.write("chain", chain?.stages.map(StageDocument.init))
        try fields.write("sockets", sockets)
    }

    private struct StageDocument: Encodable {
        let stage: LossChain.Stage

        func encode(to encoder: any Encoder) throws {
            var fields = FieldWriter(encoder)
            try fields.write("stage", stage.id.rawValue)
            try fields.write("lost_total", stage.lost?.total)
            try fields.write("lost_per_second", stage.lost?.rate?.rawValue.rounded2)
            try fields.write("meaning", stage.meaning)
            try fields.write("advice", stage.advice)
            try fields.write("details", stage.details.map(DetailDocument.init))
        }
    }

    private struct DetailDocument: Encodable {
        let detail: LossChain.Detail

        func encode(to encoder: any Encoder) throws {
            var fields = FieldWriter(encoder)
            try fields.write("name", detail.name)
            try fields.write("lost_total", detail.lost?.total)
            try fields.write("lost_per_second", detail.lost?.rate?.rawValue.rounded2)
            try fields.write("text", detail.text)
        }
    }
}

/// A UDP socket with what a close look at its queue said; null while there was none.
struct UDPSocketDocument: Encodable {
    let socket: SocketDocument
    let reader: ReaderVerdict?

    func encode(to encoder: any Encoder) throws {
        var fields = FieldWriter(encoder)
        try socket.write(to: &fields)
        try fields.write("full_percent", reader?.full.rawValue.rounded2)
        try fields.write("empty_percent", reader?.empty.rawValue.rounded2)
        try fields.write("reader", reader?.kind.rawValue)
        try fields.write("reader_confidence", reader?.confidence.rawValue)
        try fields.write("reader_claim", reader?.claim)
        try fields.write("reader_proof", reader?.proof)
        try fields.write("reader_advice", reader?.advice)
        try fields.write("datagram_cost_bytes", reader?.capacity?.datagramCost?.rawValue)
        try fields.write("capacity_datagrams", reader?.capacity?.datagrams)
    }
}

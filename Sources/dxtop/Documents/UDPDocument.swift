import Dashboard
import Diagnosis
import Fields
import ProcSampling
import Units

/// What UDP does and loses in a network namespace, as JSON: counters of version 4 and 6 together,
/// null where this kernel has none.
struct UDPDocument: Encodable {
    let reading: NetworkReading
    let chain: LossChain?
    let sockets: [RowDocument<SocketRow>]

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
            var writer = FieldWriter(encoder)
            let fields = LossFields.declared
            try writer.write(fields.ofStages, of: LossRow(stage))
            try writer.write(
                "details",
                stage.details.map {
                    RowDocument(row: LossRow(stage, part: $0), fields: fields.ofParts)
                })
        }
    }
}

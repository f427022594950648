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
        try fields.write(UDPFields.table.fields, of: UDPRow(reading))
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

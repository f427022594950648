import Fields
import ProcSampling

/// The machine as JSON, with its CPUs and its block devices.
struct HostDocument: Encodable {
    let snapshot: Snapshot
    let disks: [RowDocument<DiskRow>]

    func encode(to encoder: any Encoder) throws {
        var writer = FieldWriter(encoder)
        try writer.write(HostFields.table.fields, of: HostRow(snapshot))
        try writer.write(
            "cpus",
            snapshot.host.cpus.map {
                RowDocument(row: CPURow($0), fields: CPUFields.table.fields)
            })
        try writer.write("disks", disks)
    }
}

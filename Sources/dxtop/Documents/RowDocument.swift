import Fields

/// A row as JSON: all fields of its tables that have a name there.
struct RowDocument<Row: FieldRow>: Encodable {
    let row: Row
    let fields: [Field<Row>]

    func encode(to encoder: any Encoder) throws {
        var writer = FieldWriter(encoder)
        try writer.write(fields, of: row)
    }
}

extension RowDocument<ProcessRow> {
    init(_ row: ProcessRow) { self.init(row: row, fields: ProcessFields.table.fields) }
}

extension RowDocument<ThreadRow> {
    init(_ row: ThreadRow) { self.init(row: row, fields: ThreadFields.table.fields) }
}

extension RowDocument<DiskRow> {
    init(_ row: DiskRow) { self.init(row: row, fields: DiskFields.table.fields) }
}

extension RowDocument<SocketRow> {
    init(_ row: SocketRow) { self.init(row: row, fields: SocketFields.table.fields) }

    /// With what samples of its queue said; null while there were none.
    init(withReader row: SocketRow) {
        self.init(
            row: row, fields: SocketFields.table.fields + SocketReaderFields.table.fields)
    }
}

package import Samples
internal import Units

/// A block device.
package struct DiskRow: FieldRow {
    package let disk: DiskSample

    package init(_ disk: DiskSample) { self.disk = disk }

    package static var fadesZeros: Bool { true }
}

/// The fields of block devices, called as `iostat -x` calls them.
package final class DiskFields: Sendable {
    package static let declared = DiskFields()
    package static let table = FieldTable<DiskRow>(of: declared)

    package typealias Field = Fields.Field<DiskRow>

    package let name = Field(
        "name", "DEVICE", .flexible(minimum: 10), .text, json: .named("name"),
        help: "block device; its partitions are part of it", value: { .text($0.disk.name) })

    package let utilization = Field(
        "utilization", "UTIL%", .fixed(6), json: .named("util_percent"),
        metric: "dxtop_disk_util_percent",
        help: "time in which it had any request; one that serves many at once may do more at 100",
        value: { FieldValue($0.disk.utilization) },
        emphasis: { $0.disk.isSaturated ? .warning : nil })

    package let readRate = rate(
        "readRate", "R/s", json: "reads", help: "reads that ended", { $0.reads.rate })
    package let writeRate = rate(
        "writeRate", "W/s", json: "writes", help: "writes that ended", { $0.writes.rate })
    package let readBytes = bytes(
        "readBytes", "READ/s", json: "read_bytes", help: "bytes read", { $0.reads.bytes })
    package let writtenBytes = bytes(
        "writtenBytes", "WRITE/s", json: "write_bytes", help: "bytes written", { $0.writes.bytes }
    )
    package let readWait = wait(
        "readWait", "R_AWAIT", json: "read_await",
        help: "from when a read was queued until it ended, on average", { $0.reads.wait })
    package let writeWait = wait(
        "writeWait", "W_AWAIT", json: "write_await",
        help: "from when a write was queued until it ended, on average", { $0.writes.wait })
    package let flushRate = rate(
        "flushRate", "F/s", json: "flushes", help: "flushes of its cache, as by fsync",
        { $0.flushes.rate })
    package let flushWait = wait(
        "flushWait", "F_AWAIT", json: "flush_await",
        help: "from when a flush was queued until it ended, on average", { $0.flushes.wait })
    package let discardRate = rate(
        "discardRate", "D/s", json: "discards", help: "discards (trim) that ended",
        { $0.discards.rate })
    package let discardedBytes = bytes(
        "discardedBytes", "TRIM/s", json: "discard_bytes", help: "bytes discarded",
        { $0.discards.bytes })
    package let discardWait = wait(
        "discardWait", "D_AWAIT", json: "discard_await",
        help: "from when a discard was queued until it ended, on average", { $0.discards.wait })

    package let queue = Field(
        "queue", "QUEUE", .fixed(7), json: .named("queue"), metric: "dxtop_disk_queue",
        help: "requests that it had, on average",
        value: { FieldValue($0.disk.queue.map { ($0 * 100).rounded() / 100 }) })

    package let inFlight = Field(
        "inFlight", "NOW", .fixed(5), json: .named("in_flight"),
        metric: "dxtop_disk_in_flight", help: "requests that it has right now",
        value: { FieldValue(count: $0.disk.inFlight) })

    private static func rate(
        _ id: FieldID, _ title: String, json: String, help: String,
        _ rate: @escaping @Sendable (DiskSample) -> Rate?
    ) -> Field {
        figure(id, title, json: json + "_per_second", help: help) { FieldValue(rate($0.disk)) }
    }

    private static func bytes(
        _ id: FieldID, _ title: String, json: String, help: String,
        _ rate: @escaping @Sendable (DiskSample) -> Rate?
    ) -> Field {
        figure(
            id, title, json: json + "_per_second", help: help,
            shown: { row in
                rate(row.disk).map { .bytes(ByteCount(clamping: Double($0.rawValue))) } ?? .unknown
            }, value: { FieldValue(rate($0.disk)) })
    }

    private static func wait(
        _ id: FieldID, _ title: String, json: String, help: String,
        _ wait: @escaping @Sendable (DiskSample) -> Duration?
    ) -> Field {
        figure(id, title, json: json + "_milliseconds", help: help) {
            wait($0.disk).map(FieldValue.wait) ?? .unknown
        }
    }

    /// A figure that is a time series under its own name.
    private static func figure(
        _ id: FieldID, _ title: String, json: String, help: String,
        shown: (@Sendable (DiskRow) -> FieldValue)? = nil,
        value: @escaping @Sendable (DiskRow) -> FieldValue
    ) -> Field {
        Field(
            id, title, .fixed(7), json: .named(json), metric: "dxtop_disk_" + json, help: help,
            value: value, shown: shown)
    }
}

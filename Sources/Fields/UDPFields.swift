package import Samples
internal import Units

/// The UDP of a network namespace at one reading.
package struct UDPRow: FieldRow {
    package let reading: NetworkReading

    package init(_ reading: NetworkReading) { self.reading = reading }

    package static var fadesZeros: Bool { true }
}

/// The fields of UDP: counters of version 4 and 6 together, not known where this kernel has none.
package final class UDPFields: Sendable {
    package static let declared = UDPFields()
    package static let table = FieldTable<UDPRow>(of: declared)

    package typealias Field = Fields.Field<UDPRow>

    package let namespace = Field(
        "namespace", "NETNS", .fixed(10), json: .named("netns"),
        help: "the network namespace, by inode",
        value: { .number(Int64(clamping: $0.reading.namespace.id.rawValue)) })

    package let received = rate(
        "received", "IN/s", json: "in_datagrams", help: "datagrams received",
        .udpReceived, .udp6Received)
    package let sent = rate(
        "sent", "OUT/s", json: "out_datagrams", help: "datagrams sent", .udpSent, .udp6Sent)

    package let bufferErrors = total(
        "bufferErrors", "RCVBUF", json: "receive_buffer_errors",
        help: "datagrams dropped since a receive buffer was full", .udpBufferErrors,
        .udp6BufferErrors)
    package let bufferErrorRate = rate(
        "bufferErrorRate", "RCVBUF/s", json: "receive_buffer_errors",
        help: "datagrams dropped since a receive buffer was full", .udpBufferErrors,
        .udp6BufferErrors)

    package let memoryErrors = total(
        "memoryErrors", "MEM", json: "memory_errors",
        help: "datagrams dropped since net.ipv4.udp_mem was used up", .udpMemoryErrors,
        .udp6MemoryErrors)
    package let memoryErrorRate = rate(
        "memoryErrorRate", "MEM/s", json: "memory_errors",
        help: "datagrams dropped since net.ipv4.udp_mem was used up", .udpMemoryErrors,
        .udp6MemoryErrors)

    package let checksumErrors = total(
        "checksumErrors", "CSUM", json: "checksum_errors",
        help: "datagrams with a wrong checksum", .udpChecksumErrors, .udp6ChecksumErrors)
    package let checksumErrorRate = rate(
        "checksumErrorRate", "CSUM/s", json: "checksum_errors",
        help: "datagrams with a wrong checksum", .udpChecksumErrors, .udp6ChecksumErrors)

    package let reassemblyFailures = total(
        "reassemblyFailures", "REASM", json: "reassembly_failures",
        help: "datagrams of which fragments did not arrive", .reassemblyFailed, .reassembly6Failed)
    package let reassemblyFailureRate = rate(
        "reassemblyFailureRate", "REASM/s", json: "reassembly_failures",
        help: "datagrams of which fragments did not arrive", .reassemblyFailed, .reassembly6Failed)

    package let noPort = total(
        "noPort", "NOPORT", json: "no_port", help: "datagrams to a port without a socket",
        .udpNoPorts, .udp6NoPorts)
    package let noPortRate = rate(
        "noPortRate", "NOPORT/s", json: "no_port", help: "datagrams to a port without a socket",
        .udpNoPorts, .udp6NoPorts)

    package let sendBufferErrors = total(
        "sendBufferErrors", "SNDBUF", json: "send_buffer_errors",
        help: "datagrams not sent since a send buffer was full", .udpSendBufferErrors,
        .udp6SendBufferErrors)
    package let sendBufferErrorRate = rate(
        "sendBufferErrorRate", "SNDBUF/s", json: "send_buffer_errors",
        help: "datagrams not sent since a send buffer was full", .udpSendBufferErrors,
        .udp6SendBufferErrors)

    private static func total(
        _ id: FieldID, _ title: String, json: String, help: String, _ version4: NetworkCounter,
        _ version6: NetworkCounter
    ) -> Field {
        Field(
            id, title, .fixed(8), json: .named(json + "_total"),
            metric: "dxtop_udp_\(json)_total", help: help + ", since boot",
            value: { row in
                row.reading.counters.sum(version4, version6).map { .total($0.total) } ?? .unknown
            })
    }

    private static func rate(
        _ id: FieldID, _ title: String, json: String, help: String, _ version4: NetworkCounter,
        _ version6: NetworkCounter
    ) -> Field {
        Field(
            id, title, .fixed(8), json: .named(json + "_per_second"),
            metric: "dxtop_udp_\(json)_per_second", help: help + ", a second",
            value: { FieldValue($0.reading.counters.sum(version4, version6)?.rate) })
    }
}

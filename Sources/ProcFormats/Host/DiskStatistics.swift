/// `/proc/diskstats`: what each block device has done since boot;
/// `Documentation/admin-guide/iostats.rst`. What does not parse, or what this kernel does not count, is
/// nil.
public struct DiskStatistics: ProcFormat, Hashable, Sendable {
    /// Devices and their partitions, in the order of the kernel.
    public var devices: [Device]

    public struct Device: Hashable, Sendable {
        /// "vda", "nvme0n1p2", "dm-0".
        public var name: String
        public var reads = Operations()
        public var writes = Operations()
        /// Since 4.18.
        public var discards = Operations()
        /// Since 5.5; the kernel counts no sectors of them.
        public var flushes = Operations()
        /// Requests that the device has now.
        public var inFlight: UInt64?
        /// Time in which it had any, in milliseconds; comes round after 49 days.
        public var busyMilliseconds: UInt32?
        /// The same, each request counted by itself.
        public var queueMilliseconds: UInt32?
    }

    /// Requests of one kind that came to an end.
    public struct Operations: Hashable, Sendable {
        public var count: UInt64?
        /// In sectors of 512 bytes, whatever the device has.
        public var sectors: UInt64?
        /// From when each was queued until it ended, in milliseconds; comes round after 49 days.
        public var milliseconds: UInt32?

        public init(count: UInt64? = nil, sectors: UInt64? = nil, milliseconds: UInt32? = nil) {
            self.count = count
            self.sectors = sectors
            self.milliseconds = milliseconds
        }
    }

    /// Parses one read of the file.
    public init(
        parsing bytes: Span<UInt8>, noting faults: inout FieldFaults
    ) throws(ParseError) {
        devices = []
        var cursor = ByteCursor(bytes)
        while !cursor.isAtEnd {
            let start = cursor.offset
            if let device = Device(at: &cursor, bytes, &faults) {
                devices.append(device)
                cursor.passLine(&faults)
            } else {
                cursor.offset = start
                cursor.loseLine("a device", from: start, &faults)
            }
        }
    }
}

extension DiskStatistics.Device {
    /// Nil where the line has no name: major and minor number stand before it.
    fileprivate init?(
        at cursor: inout ByteCursor, _ bytes: Span<UInt8>, _ faults: inout FieldFaults
    ) {
        cursor.skipBlanks()
        guard (try? cursor.unsigned(UInt32.self)) != nil else { return nil }
        cursor.skipBlanks()
        guard (try? cursor.unsigned(UInt32.self)) != nil else { return nil }
        cursor.passSpace()
        let start = cursor.offset
        while let byte = cursor.current, byte != .space, byte != .newline { cursor.offset += 1 }
        guard cursor.offset > start, cursor.current == .space else { return nil }
        name = bytes.text(in: start..<cursor.offset)
        reads = DiskStatistics.Operations(at: &cursor, &faults, hasSectors: true)
        writes = DiskStatistics.Operations(at: &cursor, &faults, hasSectors: true)
        inFlight = cursor.next("requests in flight", &faults)
        busyMilliseconds = cursor.next("time busy", &faults)
        queueMilliseconds = cursor.next("time in the queue", &faults)
        if cursor.current == .space {
            discards = DiskStatistics.Operations(at: &cursor, &faults, hasSectors: true)
        }
        if cursor.current == .space {
            flushes = DiskStatistics.Operations(at: &cursor, &faults, hasSectors: false)
        }
    }
}

extension DiskStatistics.Operations {
    fileprivate init(
        at cursor: inout ByteCursor, _ faults: inout FieldFaults, hasSectors: Bool
    ) {
        count = cursor.next("requests", &faults)
        if hasSectors {
            _ = cursor.next("merged requests", &faults, as: UInt64.self)
            sectors = cursor.next("sectors", &faults)
        }
        milliseconds = cursor.next("time of requests", &faults)
    }
}

extension ByteCursor {
    /// The number behind the space that it stands at.
    fileprivate mutating func next<Number: FixedWidthInteger & UnsignedInteger>(
        _ name: StaticString, _ faults: inout FieldFaults, as: Number.Type = Number.self
    ) -> Number? {
        passSpace()
        return unsigned(name, &faults)
    }
}

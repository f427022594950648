/// An address of version 4 or 6 of the Internet protocol, as bytes in network order.
public struct IPAddress: Hashable, Codable, Sendable {
    /// The first and the last eight bytes of version 6. Version 4 is the last four bytes of `low`.
    public let high: UInt64
    public let low: UInt64
    public let isV6: Bool

    public init(v4: UInt32) {
        high = 0
        low = UInt64(v4)
        isV6 = false
    }

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
        isV6 = true
    }

    /// 0.0.0.0 or `::`: any address of this machine.
    public var isUnspecified: Bool { high == 0 && low == 0 }

    /// An address of version 4 in the clothes of version 6, `::ffff:10.0.0.1`, as sockets of version
    /// 6 show their peers of version 4; RFC 4291, section 2.5.5.2.
    public var isMappedV4: Bool { isV6 && high == 0 && low >> 32 == 0xFFFF }

    /// The address of version 4 that is meant.
    public var unmapped: IPAddress {
        isMappedV4 ? IPAddress(v4: UInt32(truncatingIfNeeded: low)) : self
    }

    public var isLoopback: Bool {
        isV6 ? (high == 0 && low == 1) || (isMappedV4 && unmapped.isLoopback) : low >> 24 == 127
    }

    /// `fe80::/10`: of one link, and there may be the same one on another.
    public var isLinkLocal: Bool { isV6 && high >> 54 == 0x3FA }

    /// The whole address as bytes in network order: 4 or 16.
    public var bytes: [UInt8] {
        let words = isV6 ? [high, low] : [low << 32]
        let all = words.flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
        }
        return isV6 ? all : Array(all.prefix(4))
    }
}

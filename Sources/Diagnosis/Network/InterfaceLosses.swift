internal import Samples

extension [InterfaceSample] {
    /// Those that others belong to: a bond's counters are the sums of its members'.
    var masters: Set<UInt32> { Set(compactMap(\.master)) }
}

extension InterfaceSample {
    var lost: Counted { parts.map(\.count).sum ?? Counted(total: 0) }

    /// Where it loses what it receives.
    var parts: [(name: String, count: Counted)] {
        [("dropped", dropped), ("missed", missed), ("overrun", overrun), ("damaged", damaged)]
    }
}

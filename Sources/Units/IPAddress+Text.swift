extension IPAddress: CustomStringConvertible {
    /// As people write it: dotted decimals, or RFC 5952 for version 6.
    public var description: String {
        if !isV6 { return Self.dotted(UInt32(truncatingIfNeeded: low)) }
        if isMappedV4 { return "::ffff:" + Self.dotted(UInt32(truncatingIfNeeded: low)) }
        let groups = [high, low].flatMap { word in
            (0..<4).map { UInt16(truncatingIfNeeded: word >> UInt64(48 - 16 * $0)) }
        }
        let zeros = Self.longestZeros(in: groups)
        func text(_ groups: ArraySlice<UInt16>) -> String {
            groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
        guard let zeros else { return text(groups[...]) }
        return text(groups[..<zeros.lowerBound]) + "::" + text(groups[zeros.upperBound...])
    }

    private static func dotted(_ value: UInt32) -> String {
        "\(value >> 24).\(value >> 16 & 255).\(value >> 8 & 255).\(value & 255)"
    }

    /// The first of the longest runs of at least two zeros, which "::" stands for.
    private static func longestZeros(in groups: [UInt16]) -> Range<Int>? {
        var longest: Range<Int>?
        var start = 0
        for index in 0...groups.count where index == groups.count || groups[index] != 0 {
            if index - start >= max(2, (longest?.count ?? 0) + 1) { longest = start..<index }
            start = index + 1
        }
        return longest
    }

    /// Reads what `description` writes, and every other spelling that RFC 4291 allows; nil for
    /// anything else.
    public init?(_ text: some StringProtocol) {
        if let value = Self.v4(text) {
            self.init(v4: value)
            return
        }
        guard let groups = Self.groups(of: text) else { return nil }
        func word(_ groups: ArraySlice<UInt16>) -> UInt64 {
            groups.reduce(0) { $0 << 16 | UInt64($1) }
        }
        self.init(high: word(groups[..<4]), low: word(groups[4...]))
    }

    private static func v4(_ text: some StringProtocol) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard part.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let byte = UInt8(part)
            else { return nil }
            value = value << 8 | UInt32(byte)
        }
        return value
    }

    private static func groups(of text: some StringProtocol) -> [UInt16]? {
        var halves: [[UInt16]] = [[]]
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 3 else { return nil }
        for (index, part) in parts.enumerated() {
            let isAtEdge = index == 0 || index == parts.count - 1
            if part.isEmpty {
                // Of "::" at either end the split leaves two empty parts: one is that edge.
                if isAtEdge {
                    let neighbour = index == 0 ? parts[1] : parts[parts.count - 2]
                    guard neighbour.isEmpty else { return nil }
                    continue
                }
                guard halves.count == 1 else { return nil }
                halves.append([])
            } else if index == parts.count - 1, let value = v4(part) {
                halves[halves.count - 1] += [UInt16(value >> 16), UInt16(value & 0xFFFF)]
            } else {
                guard part.utf8.count <= 4, let group = UInt16(part, radix: 16),
                    part.utf8.first != UInt8(ascii: "+"), part.utf8.first != UInt8(ascii: "-")
                else { return nil }
                halves[halves.count - 1].append(group)
            }
        }
        let count = halves.reduce(0) { $0 + $1.count }
        guard halves.count == 2 else { return count == 8 ? halves[0] : nil }
        guard count < 8 else { return nil }
        return halves[0] + Array(repeating: 0, count: 8 - count) + halves[1]
    }
}

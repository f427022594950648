extension IPAddress: CustomStringConvertible {
    /// As people write it: dotted decimals, or RFC 5952 for version 6.
    public var description: String {
        var text: [UInt8] = []
        write(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends what `description` is, and allocates nothing where there is room: for those who look
    /// through many addresses.
    package func write(to text: inout [UInt8]) {
        guard isV6, !isMappedV4 else {
            if isV6 { text += "::ffff:".utf8 }
            Self.write(dotted: UInt32(truncatingIfNeeded: low), to: &text)
            return
        }
        let zeros = longestZeros
        var index = 0
        while index < 8 {
            if let zeros, index == zeros.lowerBound {
                text += "::".utf8
                index = zeros.upperBound
                continue
            }
            if index > 0, index != zeros?.upperBound { text.append(UInt8(ascii: ":")) }
            text.appendDigits(of: UInt32(group(index)), radix: 16)
            index += 1
        }
    }

    private static func write(dotted value: UInt32, to text: inout [UInt8]) {
        for shift: UInt32 in [24, 16, 8, 0] {
            text.appendDigits(of: value >> shift & 255)
            if shift > 0 { text.append(UInt8(ascii: ".")) }
        }
    }

    /// One of the eight groups of version 6.
    private func group(_ index: Int) -> UInt16 {
        UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64(48 - 16 * (index & 3)))
    }

    /// The first of the longest runs of at least two zeros, which "::" stands for.
    private var longestZeros: Range<Int>? {
        var longest: Range<Int>?
        var start = 0
        for index in 0...8 where index == 8 || group(index) != 0 {
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

extension [UInt8] {
    /// Appends a number as ASCII.
    package mutating func appendDigits(of number: UInt32, radix: UInt32 = 10) {
        if number >= radix { appendDigits(of: number / radix, radix: radix) }
        let digit = UInt8(number % radix)
        append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
}

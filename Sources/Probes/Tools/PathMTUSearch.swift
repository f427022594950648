import Samples
import Units

/// Which sizes to ping a peer with, to find the largest that comes through. It starts nothing
/// itself: it says what to send next, and takes what came of it.
struct PathMTUSearch {
    /// All lengths are of a ping's payload, in bytes.
    enum Answer: Hashable {
        case came
        /// A router, or the kernel, which has no address, said that it is too long, and mostly what
        /// is not.
        case tooLong(longest: Int?, by: IPAddress?)
        case silence
    }

    /// A ping that every way lets through.
    static let small = 56
    /// `ping` sends no longer ones.
    static let longest = 65507
    /// And no more pings than these, in no more time.
    static let mostPings = 24
    static let mostTime = Duration.seconds(30)
    /// Loss is not size: of so many pings of one size, one must be answered ...
    static let tries = 2
    /// ... and at the very limit of so many.
    static let triesAtLimit = 4

    /// What the interface lets out.
    private let first: Int
    private var largestThatCame: Int?
    /// The smallest size that was said to be too long, and the longest that was said not to be.
    private var refused: Int?
    private var told: Int?
    private(set) var reporter: IPAddress?
    /// How often a size was not answered.
    private var silences: [Int: Int] = [:]
    private(set) var pings = 0

    /// - Parameter first: the longest payload that the interface lets out.
    init(first: Int) { self.first = min(first, Self.longest) }

    /// The size to send next; nil if there is nothing more to learn.
    var next: Int? {
        guard let largestThatCame else {
            return silences[Self.small, default: 0] < Self.triesAtLimit ? Self.small : nil
        }
        guard let smallestThatDidNot else { return largestThatCame < first ? first : nil }
        if smallestThatDidNot - largestThatCame > 1 {
            if let told, told > largestThatCame, told < smallestThatDidNot { return told }
            return (largestThatCame + smallestThatDidNot) / 2
        }
        let isSure = isReported || silences[smallestThatDidNot, default: 0] >= Self.triesAtLimit
        return isSure ? nil : smallestThatDidNot
    }

    mutating func take(_ answer: Answer, to size: Int) {
        pings += 1
        switch answer {
        case .came:
            largestThatCame = max(largestThatCame ?? 0, size)
            // Those that were not answered up to here were lost.
            silences = silences.filter { $0.key > size }
        case .tooLong(let longest, let reporter):
            refused = min(refused ?? size, size)
            self.reporter = reporter ?? self.reporter
            if let longest, longest < size {
                told = longest
                refused = min(refused ?? size, longest + 1)
            }
        case .silence:
            silences[size, default: 0] += 1
        }
    }

    private var smallestThatDidNot: Int? {
        let silent = silences.lazy.filter { $0.value >= Self.tries }.map(\.key).min()
        return [silent, refused].compactMap(\.self).min()
    }

    var answersAtAll: Bool { largestThatCame != nil }

    /// The largest size that was answered.
    var result: Int? { largestThatCame }

    /// Someone said so.
    var isReported: Bool { refused != nil && smallestThatDidNot == refused }
}

extension PathMTUSearch.Answer {
    /// From what `ping -n -c 1` of iputils printed.
    ///
    /// - Parameter headers: bytes before the payload, which the sizes that it prints include.
    init(isAnswered: Bool, output: some StringProtocol, headers: Int) {
        if isAnswered {
            self = .came
            return
        }
        let signs = ["Frag needed", "Packet too big", "essage too long"]
        for line in output.split(separator: "\n") where signs.contains(where: line.contains) {
            // "From 10.9.0.1 icmp_seq=1 Frag needed and DF set (mtu = 1400)"
            let words = line.split(separator: " ")
            let teller = words.first == "From" ? words.dropFirst().first : nil
            let parts = line.split(separator: "mtu")
            let digits = parts.count > 1 ? parts[1].drop { !$0.isWholeNumber } : ""
            let mtu = Int(digits.prefix { $0.isWholeNumber })
            self = .tooLong(
                longest: mtu.flatMap { $0 > headers ? $0 - headers : nil },
                by: teller.flatMap { IPAddress($0) })
            return
        }
        self = .silence
    }
}

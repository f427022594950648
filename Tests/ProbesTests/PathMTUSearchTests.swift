import Testing
import Units

@testable import Probes

struct PathMTUSearchTests {
    /// Searches a way that lets so much through.
    ///
    /// - Parameter loses: which of all pings are lost whatever their size.
    private func search(
        first: Int = 1472, passes: Int, by router: IPAddress? = nil, tells: Bool = true,
        loses: (Int) -> Bool = { _ in false }
    ) -> PathMTUSearch {
        var search = PathMTUSearch(first: first)
        while let size = search.next, search.pings < PathMTUSearch.mostPings {
            if loses(search.pings) {
                search.take(.silence, to: size)
            } else if size <= passes {
                search.take(.came, to: size)
            } else {
                search.take(tells ? .tooLong(longest: passes, by: router) : .silence, to: size)
            }
        }
        return search
    }

    @Test func `two pings tell of a plain way`() {
        let plain = search(passes: 1472)
        #expect(plain.result == 1472 && plain.next == nil)
        #expect(plain.pings == 2)
        #expect(!plain.isReported)
    }

    @Test func `what a router says is tried at once`() {
        let router = IPAddress(v4: 0x0A09_0001)
        let short = search(passes: 1372, by: router)
        #expect(short.result == 1372 && short.next == nil)
        #expect(short.isReported && short.reporter == router)
        #expect(short.pings == 3)
    }

    /// From 576 bytes on, which every host takes (RFC 791).
    @Test func `a black hole is halved, within its pings`() {
        for passes in 548..<1472 {
            let hole = search(passes: passes, tells: false)
            #expect(hole.result == passes && hole.next == nil, "\(passes): \(hole.pings) pings")
            #expect(!hole.isReported)
        }
    }

    @Test func `what cannot be halved in time is at least known from below`() {
        let hole = search(first: 8972, passes: 60, tells: false)
        #expect(hole.pings == PathMTUSearch.mostPings)
        #expect(hole.next != nil)
        #expect((56...60).contains(hole.result ?? 0))
    }

    @Test func `a peer that never answers is asked four times`() {
        let silent = search(passes: -1, tells: false)
        #expect(!silent.answersAtAll && silent.result == nil && silent.next == nil)
        #expect(silent.pings == 4)
    }

    @Test(arguments: 2...5)
    func `loss is not size`(each: Int) {
        let lossy = search(passes: 1472, loses: { $0 % each == 0 })
        #expect(lossy.result == 1472 && lossy.next == nil)
    }

    @Test func `two losses of one size are found out at the limit`() {
        // The first ping of full size and the one after it.
        let lossy = search(passes: 1472, loses: { [1, 2].contains($0) })
        #expect(lossy.result == 1472 && lossy.next == nil)
        let told = search(passes: 1372, loses: { [2, 3].contains($0) })
        #expect(told.result == 1372 && told.isReported)
    }

    @Test func `a second limit behind the one that is told`() {
        var search = PathMTUSearch(first: 8972)
        while let size = search.next, search.pings < PathMTUSearch.mostPings {
            search.take(
                size > 1472 ? .tooLong(longest: 1472, by: nil) : size > 1372 ? .silence : .came,
                to: size)
        }
        #expect(search.result == 1372 && search.next == nil)
        #expect(!search.isReported)
    }

    @Test func `a router that does not say how long`() {
        var search = PathMTUSearch(first: 1472)
        while let size = search.next, search.pings < PathMTUSearch.mostPings {
            search.take(size > 1300 ? .tooLong(longest: nil, by: nil) : .came, to: size)
        }
        #expect(search.result == 1300 && search.isReported)
    }

    @Test(
        arguments: [
            (
                "From 10.91.0.2 icmp_seq=1 Frag needed and DF set (mtu = 1400)", 28, 1372,
                "10.91.0.2"
            ),
            ("From fd91::2 icmp_seq=1 Packet too big: mtu=1400", 48, 1352, "fd91::2"),
            ("ping: local error: message too long, mtu=1400", 28, 1372, nil),
            ("ping: local error: Message too long, mtu=1400", 28, 1372, nil),
            ("ping: local error: message too long, mtu: 1400", 48, 1352, nil),
            ("From 10.91.0.2 icmp_seq=1 Frag needed and DF set (mtu = 0)", 28, nil, "10.91.0.2"),
            ("From 10.91.0.2 icmp_seq=1 Frag needed and DF set", 28, nil, "10.91.0.2"),
        ] as [(String, Int, Int?, String?)])
    func `what ping prints is understood`(
        line: String, headers: Int, longest: Int?, by: String?
    ) {
        let answer = PathMTUSearch.Answer(
            isAnswered: false, output: "PING x\n\(line)\n\n--- x ping statistics ---\n",
            headers: headers)
        #expect(answer == .tooLong(longest: longest, by: by.flatMap { IPAddress($0) }))
    }

    @Test func `what is neither is silence`() {
        let line = "From 10.91.0.2 icmp_seq=1 Destination Net Unreachable\n"
        #expect(
            PathMTUSearch.Answer(isAnswered: false, output: line, headers: 28) == .silence)
        #expect(PathMTUSearch.Answer(isAnswered: true, output: line, headers: 28) == .came)
    }
}

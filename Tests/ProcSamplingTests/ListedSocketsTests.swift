import ProcFormats
import Testing
import Units

@testable import ProcSampling

/// What is kept of sockets from one reading to the next.
struct ListedSocketsTests {
    /// Drops of sockets by their cookies, in the order of the kernel's list.
    private func read(
        _ listed: inout ListedSockets, at second: UInt64,
        _ sockets: [(cookie: UInt64, drops: UInt32?)],
        state: SocketState = .close, states: UInt32 = .max
    ) -> [SocketSample] {
        listed.begin(at: Nanoseconds(second * 1_000_000_000))
        defer { listed.end(states: states) }
        return sockets.map { cookie, drops in
            var sample = Self.sample(cookie, state)
            listed.note(&sample, drops: drops, retransmits: nil)
            return sample
        }
    }

    static func sample(_ cookie: UInt64, _ state: SocketState = .close) -> SocketSample {
        SocketSample(
            id: SocketID(namespace: NamespaceID(1), cookie: cookie), transport: .udp,
            local: .none, peer: .none, state: state)
    }

    @Test func totalsBecomeRatesOverTheTimeThatPassed() {
        var listed = ListedSockets()
        #expect(read(&listed, at: 10, [(1, 100)])[0].drops == Counted(total: 100))
        let second = read(&listed, at: 14, [(1, 300)])[0]
        #expect(second.drops == Counted(total: 300, rate: Rate(Float(50)), sinceStart: 200))
        #expect(second.since.seconds == 10 && second.isFromBefore)
    }

    @Test func aCounterOfTheKernelThatWrapsGoesOn() {
        var listed = ListedSockets()
        _ = read(&listed, at: 1, [(1, .max - 9)])
        let wrapped = read(&listed, at: 2, [(1, 10)])[0].drops
        #expect(wrapped == Counted(total: 0x1_0000_000A, rate: Rate(Float(20)), sinceStart: 20))
        for (second, count) in [(3, UInt32(0x7000_0000)), (4, 0xE000_0000)] {
            _ = read(&listed, at: UInt64(second), [(1, count)])
        }
        let again = read(&listed, at: 5, [(1, 9)])[0].drops
        #expect(again?.total == 0x2_0000_0009)
    }

    /// Nobody knows by how much: it is no rate of 4 thousand millions a second.
    @Test func aCounterThatGoesBackBeginsAgain() {
        var listed = ListedSockets()
        _ = read(&listed, at: 1, [(1, 100)])
        let back = read(&listed, at: 2, [(1, 90)])[0].drops
        #expect(back == Counted(total: 90))
        let next = read(&listed, at: 3, [(1, 95)])[0].drops
        #expect(next == Counted(total: 95, rate: Rate(Float(5)), sinceStart: 5))
    }

    @Test func socketsKeepTheirOwnInAnyOrder() {
        var listed = ListedSockets()
        let cookies = (1...500).map { UInt64($0) }
        _ = read(&listed, at: 1, cookies.map { ($0, UInt32($0) * 10) })
        // Some went, some came, the rest is turned round.
        let later = cookies.filter { $0 % 7 != 0 }.reversed() + [1000, 1001]
        let found = read(&listed, at: 2, later.map { ($0, UInt32($0) * 11) })
        for sample in found {
            let cookie = sample.id.cookie
            #expect(sample.isFromBefore == (cookie <= 500))
            #expect(sample.drops?.rate == (cookie <= 500 ? Rate(Float(cookie)) : nil))
        }
    }

    @Test func whatIsGoneIsForgotten() {
        var listed = ListedSockets()
        _ = read(&listed, at: 1, [(1, 5), (2, 5)])
        _ = read(&listed, at: 2, [(2, 5)])
        let back = read(&listed, at: 3, [(1, 7), (2, 5)])
        #expect(back[0].drops == Counted(total: 7, sinceStart: 7))
        #expect(back[0].since.seconds == 3 && !back[0].isFromBefore)
        #expect(back[1].drops == Counted(total: 5, rate: .zero))
    }

    @Test func aReadingThatFailsLeavesNoTrace() {
        var listed = ListedSockets()
        _ = read(&listed, at: 1, [(1, 5)])
        listed.begin(at: Nanoseconds(2_000_000_000))
        var lost = Self.sample(9)
        listed.note(&lost, drops: 1, retransmits: nil)
        let found = read(&listed, at: 3, [(1, 9)])[0]
        #expect(found.drops == Counted(total: 9, rate: Rate(Float(2)), sinceStart: 4))
    }

    @Test func aStateBeginsWhereItIsFirstSeen() {
        var listed = ListedSockets()
        _ = read(&listed, at: 1, [(1, nil)], state: .established)
        let changed = read(&listed, at: 5, [(1, nil)], state: .closeWait)[0]
        #expect(changed.since.seconds == 5 && !changed.isFromBefore)
        #expect(changed.drops == nil)
    }

    @Test func whatWasNotAskedForBeforeMayBeOld() {
        var listed = ListedSockets()
        _ = read(&listed, at: 1, [], state: .closeWait, states: SocketState.closeWait.bit)
        let all = read(&listed, at: 2, [(1, nil)], state: .established)[0]
        #expect(all.isFromBefore)
        let closing = read(&listed, at: 3, [(2, nil)], state: .closeWait)[0]
        #expect(!closing.isFromBefore)
    }

    private static let waiting = SocketState.closeWait.bit | SocketState.listen.bit

    @Test func whatIsNotAskedForIsNotForgotten() {
        var listed = ListedSockets()
        _ = read(&listed, at: 1, [(1, 10), (2, 20), (3, 30)], state: .established)
        for second in [11, 21] as [UInt64] {
            _ = read(&listed, at: second, [(4, 0)], state: .closeWait, states: Self.waiting)
        }
        let found = read(&listed, at: 31, [(1, 40), (2, 20), (3, 90)], state: .established)
        #expect(found.allSatisfy { $0.since.seconds == 1 && $0.isFromBefore })
        #expect(found[0].drops == Counted(total: 40, rate: Rate(Float(1)), sinceStart: 30))
        #expect(found[2].drops == Counted(total: 90, rate: Rate(Float(2)), sinceStart: 60))
    }

    /// A socket that is asked for and not listed is gone, or no longer in that state.
    @Test func whatIsAskedForAndMissingIsForgotten() {
        var listed = ListedSockets()
        _ = read(&listed, at: 1, [(1, 5)], state: .closeWait)
        _ = read(&listed, at: 2, [], state: .closeWait, states: Self.waiting)
        #expect(read(&listed, at: 3, [(1, 5)], state: .closeWait)[0].since.seconds == 3)
    }

    @Test func aStateThatNobodyAskedForMayBeOld() {
        var listed = ListedSockets()
        _ = read(&listed, at: 1, [(1, nil)], state: .established)
        _ = read(&listed, at: 2, [], states: Self.waiting)
        let other = read(&listed, at: 9, [(1, nil)], state: .finWait2)[0]
        #expect(other.since.seconds == 9 && other.isFromBefore)
        let next = read(&listed, at: 10, [(1, nil)], state: .timeWait)[0]
        #expect(next.since.seconds == 10 && !next.isFromBefore)
    }

    /// One that changes while only some states are asked for is listed once.
    @Test func aSocketHasOnePage() {
        var listed = ListedSockets()
        _ = read(&listed, at: 1, [(1, nil)], state: .established)
        _ = read(&listed, at: 2, [(1, nil)], state: .closeWait, states: Self.waiting)
        #expect(listed.count == 1)
        #expect(read(&listed, at: 9, [(1, nil)], state: .closeWait)[0].since.seconds == 2)
    }

    @Test(arguments: [(600, 1), (601, 601 + 1)] as [(UInt64, UInt64)])
    func aLongPauseForgets(pause: UInt64, since: UInt64) {
        var listed = ListedSockets()
        _ = read(&listed, at: 1, [(1, 5)])
        let found = read(&listed, at: 1 + pause, [(1, 7)])[0]
        #expect(found.since == Nanoseconds(since * 1_000_000_000) && found.isFromBefore)
        #expect(found.drops?.sinceStart == (pause > 600 ? 0 : 2))
    }

    @Test(arguments: [600, 610] as [UInt64])
    func whatIsNotAskedForForLongIsForgotten(last: UInt64) {
        var listed = ListedSockets()
        _ = read(&listed, at: 0, [(1, nil)], state: .established)
        for second in stride(from: 10, through: last, by: 10) {
            _ = read(&listed, at: second, [], states: Self.waiting)
        }
        #expect(listed.count == (last > 600 ? 0 : 1))
    }

    @Test func ofVeryManySocketsSomeAreForgotten() {
        var listed = ListedSockets()
        _ = read(&listed, at: 1, (1...70_000).map { (UInt64($0), nil) }, state: .established)
        _ = read(&listed, at: 2, [(80_000, nil)], state: .listen, states: Self.waiting)
        #expect(listed.count == 65_536)
    }

    @Test func twoReadingsAtOnceGiveNoRate() {
        var listed = ListedSockets()
        _ = read(&listed, at: 1, [(1, 5)])
        #expect(read(&listed, at: 1, [(1, 6)])[0].drops == Counted(total: 6, sinceStart: 1))
    }
}

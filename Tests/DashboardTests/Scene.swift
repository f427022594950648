import Dashboard
import ProcFormats
import ProcSampling
import Screen
import TestSupport
import Testing
import Units

/// A made-up machine, always the same: the box of the spin case.
struct Scene {
    var snapshot: Snapshot
    var state: State
    private(set) var now = Duration.zero
    /// Samples arrive as a recording would have them: written down and read again.
    @TaskLocal static var isRecorded = false

    init(
        columns: Int = 80, rows: Int = 24, glyphs: Glyphs = .ascii, place: Place = .overview,
        snapshot: Snapshot = Edge07.snapshot()
    ) {
        self.snapshot = snapshot
        state = State(
            settings: Settings(glyphs: glyphs, secondsFromUTC: 3600),
            size: Size(columns: columns, rows: rows), interval: .seconds(1),
            userNames: Edge07.users, place: place)
    }

    /// Lets samples arrive, one a second.
    @discardableResult
    mutating func sample(_ count: Int = 1, _ change: (inout Snapshot) -> Void = { _ in })
        -> [Effect]
    {
        var effects: [Effect] = []
        for _ in 0..<count {
            snapshot.sequence += 1
            snapshot.time.seconds += 1
            snapshot.moment += Nanoseconds(1_000_000_000)
            snapshot.host.uptime = snapshot.host.uptime.map { $0 + 1 }
            now += .seconds(1)
            change(&snapshot)
            let arrived = Self.isRecorded ? (try? coded(snapshot)) : snapshot
            if let arrived { effects += state.update(.sample(arrived), at: now) }
        }
        return effects
    }

    @discardableResult
    mutating func press(_ keys: Key...) -> [Effect] {
        keys.flatMap { state.update(.key($0), at: now) }
    }

    @discardableResult
    mutating func type(_ text: String) -> [Effect] {
        text.flatMap { state.update(.key(.character($0)), at: now) }
    }

    /// Lets time pass without a sample.
    @discardableResult
    mutating func wait(_ duration: Duration) -> [Effect] {
        now += duration
        return state.update(.tick, at: now)
    }

    /// What a row of the screen says.
    func row(_ number: Int) -> String { state.render().text(row: number) }

    /// What some rows say.
    func rows(_ numbers: Range<Int>) -> [String] {
        let surface = state.render()
        return numbers.map { surface.text(row: $0) }
    }

    /// Whether some row of the screen has this in it.
    func shows(_ text: String) -> Bool {
        rows(0..<state.size.rows).contains { $0.contains(text) }
    }

    /// Whether some row of the list has this in it.
    func lists(_ text: String) -> Bool {
        rows(6..<state.size.rows - 1).contains { $0.contains(text) }
    }

    // MARK: The machine

    static let streamd = Edge07.streamd
    static let poll = Edge07.poll
}

extension Scene: CustomTestStringConvertible {
    /// The screen: a failed expectation shows what a person would have seen.
    var testDescription: String {
        rows(0..<state.size.rows).map { "\n|" + $0 }.joined()
    }
}

extension Scene {
    /// What can be read of the thread `poll` without rights.
    static func deniedDetail() throws -> ThreadDetail {
        let stat =
            "4127 (poll) R 1 1 1 0 -1 4194304 0 0 0 0 1 1 0 0 20 0 2 0 9100 1000000 250 "
            + "18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
        return ThreadDetail(
            id: poll, process: streamd.pid, stat: try TaskStat(parsing: Array(stat.utf8).span),
            systemCall: .failure(.denied(path: "syscall")),
            kernelStack: .failure(.denied(path: "stack")), io: .failure(.denied(path: "io")))
    }
}

internal import ProcFormats

/// Tells a captured tree, whose clock stands still, from one that goes on: what does not move in it
/// then says nothing of any rate. Belongs to one thread.
final class TreeClock {
    private let reader: ProcReader
    private var uptime: Double?
    /// At the latest reading the clock showed what it showed at the one before. That of a kernel never
    /// does.
    private(set) var standsStill = false

    init(root: ProcRoot) {
        reader = ProcReader(root: root, bufferSize: 4096)
    }

    func read() {
        guard !reader.root.isProcfs else { return }
        let before = uptime
        uptime = try? reader.read(.host("uptime")) { bytes throws(ParseError) in
            try Uptime(parsing: bytes).seconds
        }
        standsStill = uptime == before
    }
}

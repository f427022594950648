/// What a person does with the dashboard, for tests that use it on the way to something else.
extension Terminal {
    /// Waits for the table of threads with figures in it.
    @discardableResult
    func waitForThreads(deadline: Duration = .seconds(20)) async throws -> Screen {
        try await wait(for: "the threads", deadline: deadline) {
            $0.contains("THREADS") && $0.contains("TID") && $0.contains("CPU%")
        }
    }

    /// Opens the detail of the first row of Threads once that is the thread named so.
    func openThread(_ name: String) async throws {
        try await wait(for: "\(name) at the top") { $0.firstThread?.contains(name) == true }
        try await send("g", "Enter")
        try await wait(for: "the detail of \(name)") {
            !$0.contains("THREADS") && $0.rows.first?.contains(name) == true
        }
    }

    /// Goes down a menu to the first entry with this text, and takes it.
    func choose(_ text: String, in menu: String) async throws {
        try await wait(for: menu) { $0.contains(text) }
        for _ in 0..<20 {
            let screen = try await capture()
            if screen.rows.contains(where: { $0.contains(">") && $0.contains(text) }) { break }
            try await send("Down")
            try await wait(for: "the selection to move") { $0.description != screen.description }
        }
        try await send("Enter")
    }
}

extension Screen {
    /// The first row of the table of threads.
    var firstThread: String? { firstRow(underHeader: "TID", "CPU%") }

    /// Whether a table has a row with this text, and none above it with a smaller figure in a column.
    func hasNothingLess(
        above text: String, by column: String, underHeader title: String
    ) -> Bool {
        guard let header = rows.firstIndex(where: { $0.contains(title) && $0.contains(column) }),
            let end = rows[header].firstRange(of: column)?.upperBound
        else { return false }
        let place = rows[header].distance(from: rows[header].startIndex, to: end)
        func figure(_ row: String) -> Double? {
            row.prefix(place).split(separator: " ").last.flatMap { Double($0.filter { $0 != "!" }) }
        }
        let table = rows[(header + 1)...]
        guard let found = table.firstIndex(where: { $0.contains(text) }),
            let own = figure(rows[found])
        else { return false }
        return table[..<found].allSatisfy { figure($0).map { $0 >= own } ?? false }
    }

    /// Whether it asks before it quits.
    var asksToQuit: Bool {
        rows.contains { $0.contains("uit?") || $0.contains("uit dxtop?") }
    }
}

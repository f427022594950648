import Testing

/// Threads whose names would break a parser, a table or a terminal.
@Suite(.serialized) struct HostileNameTests {
    @Test func tableStaysAlignedAndNothingReachesTheTerminalRaw() async throws {
        let directory = try TemporaryDirectory()
        let bytes = "\(directory.path)/bytes"
        try await Workload.run("names") { workload in
            let threads = (workload.facts["tids"] ?? "").split(separator: ",").map(String.init)
            #expect(threads.count == 12)
            let program = Program.dxtop("--view", "threads", "--pid", "\(workload.processID)")
            let size = Terminal.Size(columns: 100, rows: 30)
            try await Terminal.run(program, size: size, recording: bytes) { terminal in
                let screen = try await terminal.wait(for: "all its threads") { screen in
                    threads.allSatisfy { screen.row(ofThread: $0) != nil }
                }
                let header = try #require(screen.row(with: "TID"))
                let stateColumn = try #require(header.firstRange(of: " S ")).lowerBound
                let column = header.distance(from: header.startIndex, to: stateColumn) + 1
                for thread in threads {
                    let row = try #require(screen.row(ofThread: thread))
                    let state = character(atColumn: column, of: row)
                    #expect("RSDTtI".contains(state ?? "?"), "\(row)")
                }
                #expect(screen.row(ofThread: threads[0])?.contains("a) R 1 (") == true)
            }
            let written = try contents(ofFile: bytes)
            // What two of the names hold: "red" with its colour, and the title of the terminal.
            for sequence in ["\u{1B}[31mred", "\u{1B}]0;title", "two\nlines", "abc\u{202E}fed"] {
                #expect(
                    written.firstRange(of: Array(sequence.utf8)) == nil,
                    "\(sequence.debugDescription)")
            }
            #expect(String(validating: written, as: UTF8.self) != nil)
        }
    }

    @Test func documentHoldsThemEscaped() async throws {
        try await Workload.run("names") { workload in
            let outcome = try await run(
                .dxtop(
                    "watch", "threads", "--pid", "\(workload.processID)", "--count", "1", "--json"))
            #expect(outcome.exitCode == 0, "\(outcome)")
            #expect(outcome.lines.count == 1)
            // Only the line feed at the end is below a blank.
            #expect(outcome.output.unicodeScalars.filter { $0.value < 0x20 }.count == 1)
            let rows = try JSON(parsing: outcome.output)["threads"]?.items ?? []
            #expect(rows.count == 13)
            #expect(rows.contains { $0["name"]?.string == "a) R 1 (" })
        }
    }
}

extension Screen {
    /// The row of the table of threads that starts with this number.
    fileprivate func row(ofThread thread: String) -> String? {
        rows.first { row in
            row.split(whereSeparator: { " >".contains($0) }).first.map(String.init) == thread
        }
    }
}

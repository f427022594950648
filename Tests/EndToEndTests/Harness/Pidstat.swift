/// Figures of pidstat (sysstat), by the titles it gives them.
struct Pidstat {
    /// By thread; by title.
    var threads: [Int: [String: Double]] = [:]

    /// Measures the threads of a process over the second of two intervals of some seconds.
    static func measure(process: Int32, seconds: Int) async throws -> Pidstat {
        var program = Program(
            path: "/usr/bin/pidstat",
            arguments: ["-h", "-u", "-w", "-t", "-p", "\(process)", "\(seconds)", "2"])
        program.environment = ["LC_ALL": "C"]
        return Pidstat(try await run(program).output)
    }

    /// Reads the horizontal form: a header that starts with `#`, then one line a task. The process
    /// itself has no TID. Of several intervals the last one counts.
    init(_ output: String) {
        var titles: [Substring] = []
        for line in output.split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.first == "#" {
                titles = Array(fields.dropFirst())
                threads = [:]
                continue
            }
            let pairs = zip(titles, fields).map { (String($0), $1) }
            let row = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
            guard let thread = row["TID"].flatMap({ Int($0) }) else { continue }
            threads[thread] = row.compactMapValues { Double($0) }
        }
    }
}

/// Whether two tools tell the same: within 2 (percentage points, or events a second), or 5 %.
func agree(_ figure: Double, _ reference: Double) -> Bool {
    abs(figure - reference) <= max(2, 0.05 * abs(reference))
}

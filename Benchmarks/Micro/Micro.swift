import Benchmark
import ProcFormats
import Screen

/// Steps that run once a thread or once a screen, on their own.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock], timeUnits: .automatic, scalingFactor: .kilo,
        maxDuration: .seconds(2))

    let stat = Array(
        """
        24127 (rdk:broker1) S 1 24115 2214 0 -1 4194368 5613 0 12 0 918273 44410 0 0 20 0 64 0 \
        8812345 19541303296 4771840 18446744073709551615 1 1 0 0 0 0 0 4096 17477 0 0 0 -1 3 0 0 0 \
        0 0 0 0 0 0 0 0 0 0\n
        """.utf8)
    Benchmark("parse stat") { benchmark in
        for _ in benchmark.scaledIterations {
            blackHole(try TaskStat(parsing: stat.span))
        }
    }

    let schedstat = Array("918273645546372 11223344556 4711\n".utf8)
    Benchmark("parse schedstat") { benchmark in
        for _ in benchmark.scaledIterations {
            blackHole(try SchedStat(parsing: schedstat.span))
        }
    }

    // A screen of the largest usual size, full of text as a table fills it.
    let size = Size(columns: 200, rows: 60)
    let columns = (0..<16).map { _ in " 4127 poll" }
    Benchmark("draw 200x60", configuration: .init(scalingFactor: .one)) { benchmark in
        for _ in benchmark.scaledIterations {
            var surface = Surface(size: size)
            for row in 0..<size.rows {
                for (index, text) in columns.enumerated() {
                    surface.put(text, at: Point(column: index * 12, row: row))
                }
            }
            blackHole(surface)
        }
    }
}

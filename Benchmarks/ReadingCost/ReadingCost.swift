import Floor
import Glibc
import ProcFormats
import ProcSampling

/// What reading costs: the parser against the floor, a C loop that opens, reads and closes the same
/// files, and whole refreshes of the sampler. All in CPU time, medians.
@main
enum ReadingCost {
    static func main() throws {
        guard let process = CommandLine.arguments.last.flatMap({ pid_t($0) }) else {
            exit("usage: ReadingCost [floor] PID")
        }
        guard CommandLine.arguments.count == 2 else { return printFloor(process) }
        compareParser(process)
        try measureSampler()
    }

    /// `stat` of every thread of a process. The two ways take turns, so that both see the same
    /// machine.
    private static func compareParser(_ process: pid_t) {
        let proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        let threads = threads(of: process)
        guard proc >= 0, !threads.isEmpty else { exit("no threads of \(process) to read") }
        defer { close(proc) }

        var floor: [Double] = []
        var parser: [Double] = []
        for round in 0...40 {
            let floorTime = microseconds {
                precondition(floor_read_all(proc, process, threads, threads.count) > 0)
            }
            let parserTime = microseconds {
                let parsed = parseAll(proc, process, threads)
                precondition(parsed == threads.count, "a stat went unread")
            }
            // The first round warms up.
            if round > 0 {
                floor.append(floorTime / Double(threads.count))
                parser.append(parserTime / Double(threads.count))
            }
        }
        let (floorMedian, parserMedian) = (median(floor), median(parser))
        print("stat of \(threads.count) threads, \(floor.count) rounds")
        print("  C, opens, reads, closes     \(rounded(floorMedian)) us a thread")
        print("  Swift, and parses as well   \(rounded(parserMedian)) us a thread")
        print("  ratio                       \(rounded(parserMedian / floorMedian))")
    }

    /// What the floor takes for all threads of a process, in milliseconds.
    private static func printFloor(_ process: pid_t) {
        let proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        let threads = threads(of: process)
        guard proc >= 0, !threads.isEmpty else { exit("no threads of \(process) to read") }
        defer { close(proc) }
        let times = (0..<9).map { _ in
            microseconds {
                precondition(floor_read_all(proc, process, threads, threads.count) > 0)
            }
        }
        print(rounded(median(times) / 1000))
    }

    /// Refreshes of the whole machine, as they come when nobody looks at anything in particular.
    private static func measureSampler() throws {
        let sampler = Sampler(root: try ProcRoot())
        let interest = Interest()
        let first = sampler.sample(interest, depth: .everything)
        let threads = first.processes.reduce(0) { $0 + $1.threads.count }
        print("\nrefresh of \(first.processes.count) processes, \(threads) threads")

        let depths: [(SamplingDepth, String)] = [
            (.everything, "every thread"), (.changes, "what changed"),
        ]
        for (depth, name) in depths {
            let times = (0..<5).map { _ in
                // The usual interval: some work is spread over time.
                sleep(1)
                return microseconds { _ = sampler.sample(interest, depth: depth) }
            }
            let milliseconds = rounded(median(times) / 1000)
            print("  \(name)                \(milliseconds) ms a refresh")
        }
    }

    /// How many of the threads' files parsed.
    private static func parseAll(_ proc: Int32, _ process: pid_t, _ threads: [pid_t]) -> Int {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            var parsed = 0
            for thread in threads {
                let count = floor_read(proc, process, thread, buffer.baseAddress, buffer.count)
                let read = UnsafeRawBufferPointer(buffer)[..<count]
                let bytes = UnsafeRawBufferPointer(rebasing: read).bindMemory(to: UInt8.self)
                if let stat = try? TaskStat(parsing: bytes.span), stat.id == thread { parsed += 1 }
            }
            return parsed
        }
    }

    private static func threads(of process: pid_t) -> [pid_t] {
        guard let directory = opendir("/proc/\(process)/task") else { return [] }
        defer { closedir(directory) }
        var threads: [pid_t] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let thread = pid_t(name) { threads.append(thread) }
        }
        return threads
    }

    /// CPU time: what else runs on the machine does not count.
    private static func microseconds(_ work: () -> Void) -> Double {
        let start = nanoseconds(of: CLOCK_THREAD_CPUTIME_ID)
        work()
        return Double(nanoseconds(of: CLOCK_THREAD_CPUTIME_ID) - start) / 1000
    }

    private static func nanoseconds(of clock: clockid_t) -> Int {
        var time = timespec()
        clock_gettime(clock, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    private static func median(_ values: [Double]) -> Double {
        values.sorted()[values.count / 2]
    }

    private static func rounded(_ value: Double) -> Double {
        (value * 100).rounded() / 100
    }

    private static func exit(_ reason: String) -> Never {
        let line = "\(reason)\n"
        write(STDERR_FILENO, line, line.utf8.count)
        Glibc.exit(1)
    }
}

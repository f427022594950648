import Samples
import Units

extension Profile {
    /// Whose it is and of what: "T4127 poll, CPU at 99 Hz"; "process 2214, page faults".
    package var title: String {
        var event = "page faults"
        if case .cpuClock(let frequency) = request.event { event = "CPU at \(frequency) Hz" }
        switch request.target {
        case .thread(let target):
            let name = threads.first.map { " " + $0.name } ?? ""
            return "T\(target.thread.tid)\(name), \(event)"
        case .process(let process): return "process \(process.pid), \(event)"
        case .host: return "all processes, \(event)"
        }
    }

    /// A count in a column: samples, or of pages the memory.
    package func figure(_ count: Int) -> String {
        guard countsPages else { return count.groupedText }
        return Machine.current.units.bytes(PageCount(UInt64(max(0, count)))).text
    }

    /// What there is, in one sentence: "495 samples in 5.0s, about 5.0s of CPU, 2.0 % of it in the
    /// kernel"; "12.0M in 3,072 page faults in 5.0s".
    package var summary: String {
        let time = elapsed.fineText
        guard samples > 0 else {
            let means = countsPages ? "it took no page of memory" : usedText
            let found = countsPages ? "0 page faults in \(time)" : "0 samples in \(time)"
            return lost > 0 ? "\(found), \(lost.groupedText) lost" : "\(found): \(means)"
        }
        var text =
            countsPages
            ? "\(figure(weight)) in \(samples.groupedText) page fault\(samples == 1 ? "" : "s") in \(time)"
            : "\(samples.groupedText) sample\(samples == 1 ? "" : "s") in \(time)"
        if let cpuTime { text += ", about \(cpuTime.fineText) of CPU" }
        if !countsPages, method == .perfEvents(kernel: true) {
            text += ", \(Percent(kernelCount, of: weight).text) % in the kernel"
        }
        return lost > 0 ? text + "; \(lost.groupedText) more were lost" : text
    }

    /// What is known of a target of which there is no sample.
    private var usedText: String {
        switch used {
        case nil: "it was on no CPU when one was due"
        case .zero?: "it used no CPU"
        case let used?: "it used \(used.fineText) of CPU"
        }
    }

    /// What the samples stand for; nil where they were not taken by a clock that only runs on a CPU.
    private var cpuTime: Duration? {
        guard case .cpuClock(let frequency) = request.event, frequency > 0,
            case .perfEvents = method
        else { return nil }
        return .seconds(Double(samples + lost) / Double(frequency))
    }

    /// The functions that matter: "pthread_cond_timedwait 61 %, clock_gettime 31 %, other 8 %".
    package func headline(most: Int = 3) -> String {
        let weight = weight
        func rounded(_ count: Int) -> String {
            "\(Int(Percent(count, of: weight).rawValue.rounded())) %"
        }
        let shown = functions.prefix(most).filter { $0.selfCount > 0 }
        let rest = weight - shown.reduce(0) { $0 + $1.selfCount }
        let parts = shown.map { "\(frames[$0.frame].label) \(rounded($0.selfCount))" }
        return (parts + (rest > 0 && !parts.isEmpty ? ["other \(rounded(rest))"] : []))
            .joined(separator: ", ")
    }
}

import Units

/// Puts the figures of a count into a sentence.
struct CallConclusion {
    let count: SystemCallCount
    let isThread: Bool
    /// The call that the thread was asleep in all the time, and the one that it is asleep in now.
    var sleptIn: String?
    var sleepsIn: String?
    /// How often the thread went to sleep, and calls of the kinds of read and write, meanwhile; nil
    /// where that could not be read.
    var sleeps: Int?
    var fileCalls: Int?
    /// Polls, and those that found it running, where it was polled.
    var samples = 0
    var samplesRunning = 0

    /// From where on calls are the work that a thread does.
    private static let storm = 100_000.0

    var text: String { count.total.map(counted) ?? polled }

    // MARK: - Counted

    private func counted(_ total: Int) -> String {
        let calls = total == 1 ? "1 system call" : "\(total.groupedText) system calls"
        let head = "\(calls) in \(seconds(count.elapsed)) (\(count.method.rawValue))"
        return head + (total == 0 ? silence : ", " + traffic(total))
    }

    /// What it did without any call.
    private var silence: String {
        if let sleptIn { return ": asleep in \(sleptIn) all the time" }
        guard let used = count.cpuTime else { return "" }
        guard used > .zero else { return isThread ? ": it did not run" : ": none of it ran" }
        let spins = isThread && used * 2 >= count.elapsed
        return " while it used \(seconds(used)) of CPU"
            + (spins ? ": it spins or computes in user space" : "")
    }

    private func traffic(_ total: Int) -> String {
        let perSecond = Double(total) / max(0.001, count.elapsed / .seconds(1))
        var text = Rate(perSecond).text + "/s"
        if let first = count.calls.first, let times = first.count {
            let named = total - count.lost
            let all = named == total ? "of them" : "of those named"
            text +=
                ": " + (times == total ? "all" : share(times, of: named) + " " + all)
                + " " + first.name
        }
        if perSecond >= Self.storm { text += "; a storm of system calls" }
        return text + failures(total) + waiting
    }

    /// Calls that fail more often than not are worth a word where they are many.
    private func failures(_ total: Int) -> String {
        let failing = count.calls.first { call in
            guard let errors = call.errors, let returned = call.returned else { return false }
            return errors >= 10 && errors * 2 >= returned && errors * 10 >= total
        }
        guard let failing, let errors = failing.errors, let returned = failing.returned else {
            return ""
        }
        return "; \(share(errors, of: returned)) of its \(failing.name) calls fail"
    }

    private var waiting: String {
        guard isThread, count.elapsed > .zero else { return "" }
        let longest = count.calls.max { ($0.time ?? .zero) < ($1.time ?? .zero) }
        if let longest, let time = longest.time, time * 2 >= count.elapsed {
            let share = min(100, Int((100 * (time / count.elapsed)).rounded()))
            return "; \(share) % of the time in \(longest.name)"
        }
        return sleepsIn.map { "; asleep in \($0) at the end" } ?? ""
    }

    // MARK: - Polled

    private var polled: String {
        guard samples > 0 else { return "It could not be sampled" }
        let sampled = "\(samples) samples in \(seconds(count.elapsed))"
        let rest = isThread ? slept + files : ""
        guard let first = count.calls.first, let share = first.pollShare else {
            guard samplesRunning == samples else {
                return "Found in no call in \(sampled)" + rest
            }
            let makesNone = isThread && sleeps == 0 && fileCalls == 0
            return "Found running in each of \(sampled)" + rest
                + (makesNone ? ": very likely it makes no system calls" : "")
        }
        let running = Double(samplesRunning) / Double(samples)
        return "Asleep in \(first.name) in \(Int(share.rawValue.rounded())) % of \(sampled)"
            + (samplesRunning > 0 ? ", running in \(Int((100 * running).rounded())) %" : "") + rest
    }

    private var slept: String {
        guard let sleeps else { return "" }
        return sleeps == 0 ? "; it never went to sleep" : "; it went to sleep \(often(sleeps))"
    }

    private var files: String {
        guard let fileCalls else { return "" }
        return fileCalls == 0
            ? ", read and wrote nothing" : ", calls of read and write \(often(fileCalls))"
    }

    /// "41 times a second"
    private func often(_ times: Int) -> String {
        Rate(Double(times) / max(0.001, count.elapsed / .seconds(1))).text + " times a second"
    }

    // MARK: - Words

    /// "98 %", "all": never 100 % of what is not all.
    private func share(_ part: Int, of all: Int) -> String {
        guard part < all else { return "all" }
        let percent = (100 * Double(part) / Double(all)).rounded()
        return "\(Int(min(99, percent))) %"
    }

    /// "10 s", "9.97 s"
    private func seconds(_ time: Duration) -> String {
        let hundredths = Int((time / .milliseconds(10)).rounded())
        let rest = hundredths % 100
        let digits = rest < 10 ? "0\(rest)" : "\(rest)"
        let fraction = digits.hasSuffix("0") ? String(digits.dropLast()) : digits
        return rest == 0 ? "\(hundredths / 100) s" : "\(hundredths / 100).\(fraction) s"
    }
}

internal import Samples
internal import Units

extension CountedSystemCalls {
    /// Less than these are not worth a word.
    private static let leastShare = 0.1

    /// The kinds of calls that make a storm, one or two; of a longer round the one that always fails.
    private var frequent: ArraySlice<Call> {
        if share(ofMostFrequent: 2) < SystemCallStorm.leastShare, let failing { return [failing] }
        return calls.prefix(2).filter { Double($0.count) >= Self.leastShare * Double(named) }[...]
    }

    /// "getppid 9.4M/s, all succeed", "epoll_wait 2.0M/s, all return 0, and read 2.0M/s, all fail
    /// with EAGAIN".
    var storm: String {
        frequent.map { "\($0.name) \(rate(of: $0.count).text)/s, \($0.outcome)" }
            .joined(separator: ", and ")
    }

    /// A kind of call that never succeeds, and makes a good part of all.
    var failing: Call? {
        calls.first { call in
            call.returned > 0 && call.failed == call.returned
                && Double(call.count) >= SystemCallStorm.leastShareInVain * Double(named)
        }
    }

    /// Each of them moves so many bytes, on average, that it is work: a copy.
    func moves(_ least: ByteCount) -> Bool {
        !frequent.isEmpty && frequent.allSatisfy { $0.bytes >= Double(least.rawValue) }
    }

    /// One of the round moves so much that it is work.
    func copies(_ least: ByteCount) -> Bool {
        calls.prefix(SystemCallStorm.mostKindsInVain).contains {
            Double($0.count) >= Self.leastShare * Double(named)
                && $0.bytes >= Double(least.rawValue)
        }
    }

    /// Signals that were handled: each handler ends with this call.
    var signals: Rate {
        calls.first { $0.name == "rt_sigreturn" }.map { rate(of: $0.count) } ?? .zero
    }

    /// Of all calls, the part from 0 to 1 that achieves nothing: sleeps for a while, waits in which
    /// nothing happens, calls that fail since there is nothing, and the waits that led to those.
    var idleShare: Double {
        guard named > 0 else { return 0 }
        let inVain = calls.reduce(0) { $0 + $1.inVain }
        let woken = calls.reduce(0) { $0 + $1.waits - $1.waitsForNothing }
        return (waitsForNothing + inVain + min(inVain, woken)) / Double(named)
    }

    /// Times a second that it waited until one of several things happened.
    var waits: Rate { rate(of: calls.reduce(0) { $0 + ($1.mayWait ? $1.count : 0) }) }

    /// Nearly all that it does is to wait for one of several things, and to take what there is.
    func waitsAndTakes(_ least: Double) -> Bool {
        let ofThose = calls.filter { $0.mayWait || $0.takes }
        return Double(ofThose.reduce(0) { $0 + $1.count }) >= least * Double(named)
    }

    /// Of its frequent calls, one moves so many bytes at a time, on average: it may sleep more than once
    /// in it.
    func movesPieces(of least: ByteCount) -> Bool {
        frequent.contains { $0.bytes >= Double(least.rawValue) }
    }

    /// Rather than being woken by others.
    var sleepsForMoments: Bool { waitsForNothing >= Double(named) / 2 }

    private var waitsForNothing: Double { calls.reduce(0) { $0 + $1.waitsForNothing } }

    /// What it does instead of waiting or working.
    var meaning: String {
        if frequent.contains(where: { $0.fails > 0.5 }) {
            return "it tries again at once what fails, and never waits until it could succeed"
        }
        if frequent.contains(where: { $0.isEmpty > 0.5 && $0.mayWait }) {
            return
                "it asks again and again whether there is something to do, and never waits for it"
        }
        return "it makes the same call over and over and never waits: its CPU time goes into that"
    }

    /// "getppid 100 %: 9.4M system calls/s, counted for 1s".
    var evidence: String {
        let shares = frequent.map { call in
            "\(call.name) \(Int(100 * Double(call.count) / Double(max(1, named)))) %"
        }
        let names = shares.isEmpty ? "" : shares.joined(separator: ", ") + ": "
        return "\(names)\(rate.text) system calls/s, counted for \(elapsed.text)"
    }
}

extension CountedSystemCalls.Call {
    /// Of those that returned, the part from 0 to 1 that failed, and that returned 0.
    fileprivate var fails: Double { returned > 0 ? Double(failed) / Double(returned) : 0 }
    fileprivate var isEmpty: Double { returned > 0 ? Double(zeros) / Double(returned) : 0 }

    /// "all fail with EAGAIN", "all return 0", "1 byte each", "all succeed", "12 % fail".
    fileprivate var outcome: String {
        if failed > 0 {
            return share(of: failed) + " fail" + (error.map { " with \($0)" } ?? "")
        }
        if zeros > 0, isEmpty > 0.5 { return share(of: zeros) + " return 0" }
        if returnsBytes, returned > 0 {
            if bytes < 1.05 { return "1 byte each" }
            return "\(Int(bytes.rounded())) bytes each"
        }
        return "all succeed"
    }

    /// Never "all" of what is not all, nor 0 % of something.
    private func share(of part: Int) -> String {
        guard part < returned else { return "all" }
        return "\(min(99, max(1, Int((100 * Double(part) / Double(returned)).rounded())))) %"
    }

    /// Of one call, on average; 0 where it does not return bytes.
    fileprivate var bytes: Double {
        returnsBytes && returned > 0 ? Double(sum) / Double(returned) : 0
    }

    private var returnsBytes: Bool {
        [
            "read", "pread64", "readv", "preadv", "recvfrom", "recvmsg", "write", "pwrite64",
            "writev", "pwritev", "sendto", "sendmsg", "sendfile", "splice", "getrandom",
            "copy_file_range",
        ].contains(name)
    }

    /// How many of them wait, and for how many of these nothing happened until their time was over.
    fileprivate var waits: Double { isSleep || mayWait || isFutex ? Double(count) : 0 }

    fileprivate var waitsForNothing: Double {
        if isSleep { return Double(count) }
        if mayWait { return Double(count) * isEmpty }
        return isFutex && error == "ETIMEDOUT" ? Double(count) * fails : 0
    }

    /// Of those that do not wait, how many found that there is nothing.
    fileprivate var inVain: Double {
        waits == 0 && error == "EAGAIN" ? Double(count) * fails : 0
    }

    private var isFutex: Bool { name == "futex" }
    private var isSleep: Bool { ["nanosleep", "clock_nanosleep"].contains(name) }

    /// Takes what has come.
    fileprivate var takes: Bool {
        ["read", "readv", "recvfrom", "recvmsg", "recvmmsg", "accept", "accept4"].contains(name)
    }

    /// 0 is what these return when nothing has happened.
    fileprivate var mayWait: Bool {
        [
            "poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait", "epoll_pwait2",
        ].contains(name)
    }
}

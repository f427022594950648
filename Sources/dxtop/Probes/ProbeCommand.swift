import ArgumentParser
import Glibc
import Probes
import ProcSampling
import Screen

/// A command that runs one probe, waits for its end and prints what it found.
protocol ProbeCommand: ParsableCommand {
    associatedtype Request: ProbeRequest

    func request() throws -> Request
    /// The kind of file that it prints; nil for text.
    var file: ProbeFile? { get }
}

extension ProbeCommand {
    func run() throws {
        let request = try request()
        let reading = try finding(of: request)
        let report = reading.report
        let output = StandardOutput()
        guard let file else { return output.print(report.lines) }
        output.write(
            try request.kind.contents(of: file, from: reading, about: report.title ?? ""))
    }

    /// Waits until its time is over. Ctrl-C, or a signal to end, ends it early with what was found;
    /// another one half a second later ends the program.
    private func finding(of request: Request) throws -> Request.Reading {
        let stop = StopSign()
        EndingSignals.raise(stop, on: [SIGINT, SIGTERM, SIGHUP])
        do throws(ProbeRefusal) {
            return try request.run(until: stop)
        } catch {
            throw Failure(error.lines.map { VisibleText.of($0) }.joined(separator: "\n"))
        }
    }
}

extension ProbeRefusal {
    /// What stands in the way and what would help; below it the option that agrees to what is
    /// offered.
    var lines: [String] {
        [[reason, remedy].compactMap(\.self).joined(separator: "; "), offer?.sentence]
            .compactMap(\.self)
    }
}

extension ProbeOffer {
    /// "--stopping would: stop it 20 times a second"; nil for a request that has no such option.
    var sentence: String? { request.consent.map { "\($0) would: \(price)" } }
}

/// Signals that ask a command to end.
private enum EndingSignals {
    /// On a thread of its own, since a handler could not know which sign is meant.
    static func raise(_ stop: StopSign, on signals: [Int32]) {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        // Before any other thread, so that all of them leave these signals to that one.
        pthread_sigmask(SIG_BLOCK, &set, nil)
        let waited = set
        let isStarted = DetachedThread.start(name: "dxtop:signals", stackSize: 64 * 1024) {
            var (set, number) = (waited, Int32(0))
            sigwait(&set, &number)
            stop.raise()
            // timeout(1) sends its signal twice, which is one wish.
            usleep(500_000)
            var pending = sigset_t()
            while sigpending(&pending) == 0,
                signals.contains(where: { sigismember(&pending, $0) == 1 })
            {
                sigwait(&set, &number)
            }
            pthread_sigmask(SIG_UNBLOCK, &set, nil)
            while true { pause() }
        }
        if !isStarted { pthread_sigmask(SIG_UNBLOCK, &set, nil) }
    }
}

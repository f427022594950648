import Glibc
import Probes
import ProcSampling
import Screen

/// A built-in look, taken for a command.
enum Look {
    /// Waits until its time is over. Ctrl-C, or a signal to end, ends it early with what was found;
    /// another one half a second later ends the program.
    static func take(_ request: ProbeRequest) throws -> ProbeReading {
        let stop = StopSign()
        raise(stop, on: [SIGINT, SIGTERM, SIGHUP])
        do throws(ProbeRefusal) {
            return try request.run(until: stop)
        } catch {
            throw Failure(VisibleText.of(sentence(error)))
        }
    }

    /// What stands in the way, what would help, and the option that says yes to what is offered.
    static func sentence(_ refusal: ProbeRefusal) -> String {
        var parts = [refusal.reason]
        if let remedy = refusal.remedy { parts.append(remedy) }
        if let offer = refusal.offer, let sentence = sentence(offer) { parts.append(sentence) }
        return parts.joined(separator: "; ")
    }

    /// Nil for a request that needs no yes.
    static func sentence(_ offer: ProbeOffer) -> String? {
        offer.request.consent.map { "\($0) would: \(offer.price)" }
    }

    /// On a thread of its own, since a handler could not know which sign is meant.
    private static func raise(_ stop: StopSign, on signals: [Int32]) {
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

extension ProbeRequest {
    /// The option by which a person says yes to it.
    fileprivate var consent: String? {
        switch self {
        case .profile(let request): request.mayStop ? "--by-stopping" : nil
        case .systemCalls(let request):
            switch request.method {
            case .best: nil
            case .mountingTracefs: "--mount-tracefs"
            case .traced: "--traced"
            }
        case .stacks(let request): request.method == .stopping ? "--stopping" : nil
        case .waits: nil
        }
    }
}

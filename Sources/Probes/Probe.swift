package import Samples
package import Units

/// What is asked of a probe: whom it samples, how, and for how long. A probe is what dxtop finds out
/// by itself, without any tool, of one target and in a limited time.
///
/// To add a probe, make a folder of it beside `Profile/` with
///
/// * its request, which conforms to this protocol,
/// * its reading, which conforms to `ProbeReading` and tells what it found as a `Report`: screen,
///   text, saved files and JSON are made from that,
/// * its `ProbeKind`: what it is called, on whom it is offered, which pages its report has.
///
/// Then put the kind into `ProbeKind.all`: the menu has it, and the dashboard runs and draws it. A
/// probe with a key has a binding in the keymap, one with a command of its own a `ProbeCommand`.
package protocol ProbeRequest: Hashable, Sendable {
    associatedtype Reading: ProbeReading

    var kind: ProbeKind { get }
    var subject: ProbeTarget { get }
    /// For how long it samples; nil where it takes as long as it takes.
    var time: Duration? { get }
    /// How a shell asks for the same: "dxtop profile --tid 9022 --seconds 5".
    var command: String { get }
    /// The option by which a person agrees to what it does to the target or the machine:
    /// "--stopping"; nil where nothing has to be agreed to.
    var consent: String? { get }
    /// The same, but nothing done that a person has to agree to.
    var withoutConsent: Self { get }

    /// Samples until its time is over or `stop` is raised. Called on a thread of its own, which it
    /// may block.
    ///
    /// - Parameter report: takes what is known so far; may be called as often as it is worth it.
    /// - Returns: all that was found.
    func run(
        until stop: StopSign, report: (Reading) -> Void
    ) throws(ProbeRefusal) -> Reading
}

extension ProbeRequest {
    package var consent: String? { nil }
    package var withoutConsent: Self { self }

    package func run(until stop: StopSign) throws(ProbeRefusal) -> Reading {
        try run(until: stop) { _ in }
    }

    package func isEqual(to other: any ProbeRequest) -> Bool { self == other as? Self }

    /// Whether another request asks for the same, however it is done.
    package func isLike(_ other: any ProbeRequest) -> Bool {
        withoutConsent.isEqual(to: other.withoutConsent)
    }
}

/// All that a probe knows by now.
package protocol ProbeReading: Sendable {
    /// What it comes to, for people and for programs.
    var report: Report { get }
    /// What was found of a part of the target alone, as `ReportAction.part` names it; nil where
    /// there is no such part.
    func part(_ part: ReportPart) -> (any ProbeReading)?
    /// What a person reads of it beside the figures of a thread; nil where it is not of one thread.
    var remark: ReportRemark? { get }
    /// For the verdict on a thread; nil where system calls were not counted.
    var counted: CountedSystemCalls? { get }
}

extension ProbeReading {
    package func part(_ part: ReportPart) -> (any ProbeReading)? { nil }
    package var remark: ReportRemark? { nil }
    package var counted: CountedSystemCalls? { nil }
}

/// Whom a probe samples.
package enum ProbeTarget: Hashable, Sendable {
    case thread(ThreadTarget)
    /// All its threads, those that begin meanwhile, too.
    case process(ProcessIdentity)
    /// Every process of the machine.
    case host
}

extension ProbeTarget {
    /// As commands of dxtop take it: "--tid 9022".
    var option: String {
        switch self {
        case .thread(let target): "--tid \(target.thread.tid)"
        case .process(let process): "--pid \(process.pid)"
        case .host: "--all"
        }
    }
}

/// What a running probe has to say; the last one is `finished` or `refused`.
package enum ProbeEvent: Sendable {
    /// What is known by now, all of it: a few times a second at most.
    case reading(any ProbeReading)
    /// The time is over, or it was stopped: this is what was found.
    case finished(any ProbeReading)
    /// It cannot be done, or not so.
    case refused(ProbeRefusal)
}

/// Why a probe cannot run, in words for people.
package struct ProbeRefusal: Error, Hashable, Sendable {
    package var reason: String
    /// What would help; nil if nothing is known to.
    package var remedy: String?
    /// What can be done all the same, for those who accept what it does.
    package var offer: ProbeOffer?

    package init(_ reason: String, remedy: String? = nil, offer: ProbeOffer? = nil) {
        self.reason = reason
        self.remedy = remedy
        self.offer = offer
    }
}

/// Something that is never done unasked, because it changes the machine or holds the target up.
package struct ProbeOffer: Hashable, Sendable {
    /// What would be done, and what it does to the target or the machine, with figures:
    /// "stop T4127 99 times a second for about 40 us each: 0.4 % slower".
    package var price: String
    /// The request that agrees to it.
    package var request: any ProbeRequest

    package init(price: String, request: any ProbeRequest) {
        self.price = price
        self.request = request
    }

    package static func == (a: ProbeOffer, b: ProbeOffer) -> Bool {
        a.price == b.price && a.request.isEqual(to: b.request)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(price)
        hasher.combine(request)
    }
}

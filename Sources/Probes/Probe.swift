import Samples
package import Units

/// A look that dxtop takes itself, without any tool, at one target and for a limited time.
package enum ProbeRequest: Hashable, Sendable {
    case profile(ProfileRequest)
    case systemCalls(SystemCallRequest)
    case waits(WaitRequest)
    case stacks(StacksRequest)

    /// The look itself.
    var probe: any Probe {
        switch self {
        case .profile(let request): ProfileProbe(request)
        case .systemCalls(let request): SystemCallProbe(request)
        case .waits(let request): WaitProbe(request)
        case .stacks(let request): StacksProbe(request)
        }
    }
}

extension ProbeRequest {
    /// The same look, but nothing done that a person has to agree to.
    package var withoutConsent: ProbeRequest {
        switch self {
        case .profile(var request):
            request.mayStop = false
            return .profile(request)
        case .systemCalls(var request):
            request.method = .best
            return .systemCalls(request)
        case .waits: return self
        case .stacks(var request):
            request.method = .withoutStopping
            return .stacks(request)
        }
    }

    /// Whether another request asks for the same kind of look, however it is done.
    package func isLike(_ other: ProbeRequest) -> Bool {
        withoutConsent == other.withoutConsent
    }
}

/// Whom a probe looks at.
package enum ProbeTarget: Hashable, Sendable {
    case thread(ThreadTarget)
    /// All its threads, those that begin meanwhile, too.
    case process(ProcessIdentity)
    /// Every process of the machine.
    case host
}

/// All that a probe knows by now.
package enum ProbeReading: Sendable {
    case profile(Profile)
    case systemCalls(SystemCallCount)
    case waits(WaitReading)
    case stacks(StackListing)
}

/// What a running probe has to say; the last one is `finished` or `refused`.
package enum ProbeEvent: Sendable {
    /// What is known by now, all of it: a few times a second at most.
    case reading(ProbeReading)
    /// The time is over, or it was stopped: this is what was found.
    case finished(ProbeReading)
    /// It cannot be done, or not so.
    case refused(ProbeRefusal)
}

/// Why a probe cannot look, in words for people.
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
    /// The request that says yes to it.
    package var request: ProbeRequest

    package init(price: String, request: ProbeRequest) {
        self.price = price
        self.request = request
    }
}

/// The work of one kind of probe.
protocol Probe {
    /// Looks until its time is over or `stop` is raised. Called on a thread of its own, which it may
    /// block.
    ///
    /// - Parameter report: takes what is known so far; may be called as often as it is worth it.
    /// - Returns: all that was found.
    func run(
        until stop: StopSign, report: (ProbeReading) -> Void
    ) throws(ProbeRefusal) -> ProbeReading
}

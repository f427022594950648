import ProcFormats
import ProcSampling
import Synchronization
import Testing

@testable import Probes
import Units

/// What a probe has said so far.
private final class ProbeLog: Sendable {
    private let events = Mutex<[ProbeEvent]>([])

    func take(_ event: ProbeEvent) { events.withLock { $0.append(event) } }

    var end: Result<ProbeReading, ProbeRefusal>? {
        switch events.withLock({ $0.last }) {
        case .finished(let reading): .success(reading)
        case .refused(let refusal): .failure(refusal)
        case .reading, nil: nil
        }
    }
}

/// Takes a look and waits for its end.
func reading(of request: ProbeRequest) async throws -> ProbeReading {
    let log = ProbeLog()
    let run = ProbeRun.start(request) { log.take($0) }
    do {
        let end = try await eventually("the probe ends") { log.end }
        return try end.get()
    } catch let error as TimedOut {
        run.stop()
        throw error
    }
}

func waits(of target: ThreadTarget, seconds: Int = 1) async throws -> WaitReading {
    let request = WaitRequest(target: target, seconds: seconds)
    guard case .waits(let reading) = try await reading(of: .waits(request)) else {
        throw TimedOut(what: "a reading of waits")
    }
    return reading
}

func stacks(
    of target: ThreadTarget, _ method: StacksRequest.Method = .withoutStopping
) async throws -> StackListing {
    let request = StacksRequest(process: target.process, method: method)
    guard case .stacks(let listing) = try await reading(of: .stacks(request)) else {
        throw TimedOut(what: "a listing of stacks")
    }
    return listing
}

/// Waits until threads of a workload are where they are bound for: asleep.
func asleep(_ target: ThreadTarget) async throws -> ThreadTarget {
    _ = try await eventually("T\(target.thread.tid) sleeps") {
        TargetReading.read(target).flatMap { $0.state == .sleeping ? $0 : nil }
    }
    return target
}

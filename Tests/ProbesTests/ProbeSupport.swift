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

    var end: Result<any ProbeReading, ProbeRefusal>? {
        switch events.withLock({ $0.last }) {
        case .finished(let reading): .success(reading)
        case .refused(let refusal): .failure(refusal)
        case .reading, nil: nil
        }
    }
}

/// Runs a probe and waits for its end.
func reading<Request: ProbeRequest>(of request: Request) async throws -> Request.Reading {
    let log = ProbeLog()
    let run = ProbeRun.start(request) { log.take($0) }
    do {
        let end = try await eventually("the probe ends") { log.end }
        return try #require(end.get() as? Request.Reading)
    } catch let error as TimedOut {
        run.stop()
        throw error
    }
}

func waits(of target: ThreadTarget, seconds: Int = 1) async throws -> WaitReading {
    try await reading(of: WaitRequest(target: target, seconds: seconds))
}

func stacks(
    of target: ThreadTarget, _ method: StacksRequest.Method = .withoutStopping
) async throws -> StackListing {
    try await reading(of: StacksRequest(process: target.process, method: method))
}

/// Waits until threads of a workload are where they are bound for: asleep.
func asleep(_ target: ThreadTarget) async throws -> ThreadTarget {
    _ = try await eventually("T\(target.thread.tid) sleeps") {
        TargetReading.read(target).flatMap { $0.state == .sleeping ? $0 : nil }
    }
    return target
}
